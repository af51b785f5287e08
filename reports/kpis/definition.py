"""What an indicator is: a definition in words and one queryset that is both its figure and its proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Model, QuerySet

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from hub.models import Branch


@dataclass(frozen=True)
class Cut:
    """A way to cut the rows: its name in the address, what it reads, what its values are called."""

    name: str
    #: «По районам», and one of them: «Район».
    label: _StrPromise
    one: _StrPromise
    path: str
    #: (value, label) pairs of a branch, in the order they are shown.
    choices: Callable[[Branch], list[tuple[str, Any]]]


@dataclass(frozen=True)
class Part:
    """Rows with one value of a cut; without a value and a label: those that have none."""

    value: str
    label: Any
    count: int


@dataclass(frozen=True)
class Kpi:
    """An indicator of the year's plan.

    `rows` gives, for branches and a year, the very records behind the figure, each annotated with
    `counted_at`: since when it counts. The figure is never anything but the number of these rows.
    """

    code: str
    name: _StrPromise
    unit: _StrPromise
    #: Under the figure where everybody sees it.
    caption: _StrPromise
    definition: _StrPromise
    #: Grows whenever the rows are chosen differently: a measurement remembers how it was counted.
    version: int
    rows: Callable[[Collection[Branch], int], QuerySet[Any]]
    #: The same rows with everything the evidence page shows of them.
    shown: Callable[[QuerySet[Any]], QuerySet[Any]]
    #: The reviewed record that proves a row: its trail says who decided and when.
    proof: Callable[[Any], Model]
    #: Column → cell of one shown row, for the table that is downloaded.
    cells: Callable[[Any], Mapping[Any, Any]]
    cuts: tuple[Cut, ...]
    #: Branch pk → of how many rows at all these are the ones that count (the base of the coverage).
    whole: Callable[[Collection[Branch]], dict[int, int]]
    #: What the branch can do about the figure: counts by name, shown by reports/work/<code>.html.
    work: Callable[[Branch, QuerySet[Any]], dict[str, int]]

    def evidence(self, branch: Branch, year: int) -> QuerySet[Any]:
        return self.rows([branch], year)

    def count(self, branch: Branch, year: int) -> int:
        return self.evidence(branch, year).count()

    def count_by_branch(self, branches: Collection[Branch], year: int) -> dict[int, int]:
        """Branch pk → figure, for all `branches` in one query."""
        counted = self.rows(branches, year).order_by().values_list("branch").annotate(n=Count("pk"))
        return {branch.pk: 0 for branch in branches} | dict(counted)

    def contributions(self, branch: Branch, rows: QuerySet[Any]) -> list[tuple[Cut, list[Part]]]:
        """For each cut its parts, the largest first; their sum is the figure. One query for all cuts."""
        paths = [cut.path for cut in self.cuts]
        counted = list(rows.order_by().values_list(*paths).annotate(n=Count("pk")))
        parts = []
        for place, cut in enumerate(self.cuts):
            by_value: Counter[str] = Counter()
            for line in counted:
                by_value[line[place] or ""] += line[-1]
            named = [Part(value, label, by_value.pop(value, 0)) for value, label in cut.choices(branch)]
            named.sort(key=lambda part: -part.count)
            rest = sum(by_value.values())
            parts.append((cut, [*named, Part("", "", rest)] if rest else named))
        return parts


def share_of_year(day: date) -> float:
    """How much of the year has passed with the end of `day`: 0 … 1.

    >>> share_of_year(date(2026, 12, 31))
    1.0
    """
    days = date(day.year, 12, 31).timetuple().tm_yday
    return day.timetuple().tm_yday / days
