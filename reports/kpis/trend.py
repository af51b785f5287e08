"""Geometry of the year's chart: plain strings for the attributes of an SVG drawn by the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from reports.kpis.standing import Standing

#: Distances between lines that people read without counting.
STEPS = [1, 2, 5, *(step * 10**zeros for zeros in range(7) for step in (10, 20, 25, 50))]


@dataclass(frozen=True)
class Tick:
    at: str
    label: Any
    #: Where the letters stand: a line's label is set a little lower than the line.
    text_at: str = ""


@dataclass(frozen=True)
class Chart:
    """Sizes in the units of `viewBox`; empty paths are not drawn."""

    width: int
    height: int
    left: str
    right: str
    floor: str
    rows: list[Tick]
    columns: list[Tick]
    plan: str
    actual: str
    area: str
    band: str
    ahead: str
    dot: tuple[str, str]
    dot_label: tuple[str, str]
    dot_anchor: str
    end_label: tuple[str, str]


def scale_of(top: int) -> tuple[int, int]:
    """(step, top line) of a scale of at most five lines above zero.

    >>> scale_of(101)
    (25, 125)
    """
    step = next((step for step in STEPS if top / step <= 5), STEPS[-1])
    return step, step * -(-top // step)


def _n(value: float) -> str:
    return f"{value:.1f}"


def _path(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points) if points else ""


def chart(
    months: Mapping[int, int], here: int, standing: Standing, *, width: int, height: int, every: int = 1
) -> Chart:
    """Draw month ends (`months`, without the current one) and today's figure in month `here`.

    `every` names each month (1) or each second one (2).
    """
    left, right, floor, ceiling = 40.0, width - 16.0, height - 26.0, 46.0
    ahead = standing.forecast if here < 12 else None
    top = max(standing.fact, standing.target or 0, ahead.high if ahead else 0, *months.values(), 4)
    step, line = scale_of(top)

    def x(month: float) -> float:
        return left + (right - left) * (month - 1) / 11

    def y(value: float) -> float:
        return floor - (floor - ceiling) * value / max(top, line)

    actual = [(x(month), y(value)) for month, value in sorted(months.items()) if month < here]
    actual.append((x(here), y(standing.fact)))
    now = actual[-1]
    plan = [(x(1), y(standing.target / 12)), (x(12), y(standing.target))] if standing.target else []
    low = y(ahead.low) if ahead else now[1]
    # The plan's line usually passes above: the label of today stands below the dot, at the end at its side.
    return Chart(
        width=width,
        height=height,
        left=_n(left),
        right=_n(right),
        floor=_n(floor),
        rows=[Tick(_n(y(step * i)), step * i, _n(y(step * i) + 4)) for i in range(line // step + 1)],
        columns=[Tick(_n(x(month)), date(2000, month, 1)) for month in range(1, 13, every)],
        plan=_path(plan),
        actual=_path(actual) if len(actual) > 1 else "",
        area=_path([*actual, (now[0], floor), (actual[0][0], floor)]) + "Z" if len(actual) > 1 else "",
        band=_path([now, (x(12), y(ahead.high)), (x(12), low)]) + "Z"
        if ahead and ahead.high > ahead.low
        else "",
        ahead=_path([now, (x(12), y(ahead.value))]) if ahead else "",
        dot=(_n(now[0]), _n(now[1])),
        dot_label=(_n(now[0]), _n(min(now[1] + 30, floor - 10))),
        dot_anchor="start" if here < 3 else "end" if here > 10 else "middle",
        end_label=(_n(right), _n(y(ahead.high) - 10 if ahead else 0)),
    )
