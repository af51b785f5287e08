"""Where a figure stands: against the plan, against today, and where its pace leads by the end of the year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from reports.kpis.definition import share_of_year

#: How many of the last months tell the pace.
PACE_MONTHS = 3
#: A forecast within this share of the plan is "just about".
NEARLY = 0.95


@dataclass(frozen=True)
class Forecast:
    """The figure expected on 31 December: by the mean pace of the last months, by the slowest, by the best."""

    value: int
    low: int
    high: int


def forecast(fact: int, months: Mapping[int, int], today: date) -> Forecast | None:
    """Carry the pace of the last months to the end of the year; None when fewer than two months are known.

    `months` holds the figure at the end of each earlier month of this year. A figure may also fall
    (communities leave); the forecast never falls below today's figure.
    """
    known = [months[month] for month in sorted(months) if month < today.month]
    if len(known) < 2:
        return None
    growth = [after - before for before, after in pairwise(known)][-PACE_MONTHS:]
    left = 12 * (1 - share_of_year(today))

    def after(pace: float) -> int:
        return fact + max(0, round(pace * left))

    return Forecast(after(sum(growth) / len(growth)), after(min(growth)), after(max(growth)))


@dataclass(frozen=True)
class Standing:
    """A figure with everything that is said about it on the dashboard."""

    fact: int
    target: int | None
    expected: int | None
    forecast: Forecast | None
    #: "ok", "wait", "warn" or "" (no plan), and the word beside the colour.
    tone: str
    word: str


def standing(fact: int, target: int | None, months: Mapping[int, int], today: date) -> Standing:
    """Compare `fact` with the plan of the year, if there is one."""
    ahead = forecast(fact, months, today)
    if not target:
        return Standing(fact, None, None, ahead, "", "")
    expected = round(target * share_of_year(today))
    tone, word = _verdict(fact, target, expected, ahead)
    return Standing(fact, target, expected, ahead, tone, word)


def _verdict(fact: int, target: int, expected: int, ahead: Forecast | None) -> tuple[str, str]:
    if fact >= target:
        return "ok", _("план выполнен")
    if ahead.value >= target if ahead else fact >= expected:
        return "ok", _("успеваем")
    if ahead and ahead.value >= NEARLY * target:
        return "wait", _("впритык")
    if fact < expected:
        return "warn", _("отстаём на %(n)s") % {"n": number_format(expected - fact, force_grouping=True)}
    return "wait", _("темпа не хватает")
