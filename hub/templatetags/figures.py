"""Bars and tables: what SVG and <td> need to know of figures. A builtin of every template."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import template

register = template.Library()


@register.filter
def share(part: float | None, whole: float | None) -> str:
    """Part of a whole as a width for SVG: "62.5%" (never above 100 %, always with a point)."""
    if not part or not whole:
        return "0%"
    return f"{min(100.0, max(0.0, 100 * float(part) / float(whole))):.1f}%"


class AgeBar(NamedTuple):
    """A waiting record against its norm; the longer of both reaches 89 % of the bar."""

    width: str
    norm: str
    over: int
    level: str


@register.simple_tag
def agebar(days: int, norm: int) -> AgeBar:
    full = max(days, norm, 1) * 1.12
    level = "late" if days > norm else "soon" if days == norm else ""
    return AgeBar(share(days, full) if days else "9%", share(norm, full), max(0, days - norm), level)


class PlanBar(NamedTuple):
    """A figure on its line from zero to beyond the plan; the plan stands at 87 % unless it is overtaken."""

    fact: str
    target: str
    forecast: str
    expected: str


@register.simple_tag
def planbar(
    fact: float | None, target: float | None, forecast: float | None = None, expected: float | None = None
) -> PlanBar:
    full = max(float(n) for n in (fact or 0, target or 0, forecast or 0, 1)) * 1.15
    return PlanBar(
        share(fact, full),
        share(target, full),
        share(forecast, full) if forecast else "",
        share(expected, full) if expected else "",
    )


@register.filter
def heat(value: int | None, most: int | None) -> int:
    """0 for none, then 1 … 4 by share of the largest value."""
    if not value:
        return 0
    return min(4, 1 + int(4 * (value - 1) / max(most or value, 1)))


@register.filter
def zipped(cells: Iterable[Any], columns: Iterable[Any]) -> list[tuple[Any, Any]]:
    return list(zip(cells, columns, strict=False))
