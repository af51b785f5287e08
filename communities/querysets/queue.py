"""The coordinator's queue: everything that waits for a decision in a branch, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    Count,
    F,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from communities.choices import Listing
from hub.choices import State
from hub.numbers import number_of
from hub.working_days import overdue_before, working_days_between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hub.models import Branch

PAGE = 40


@dataclass(frozen=True)
class Waiting:
    """One line of the queue. `pk` is of the record or claim, or of the imported file."""

    since: datetime
    source: str
    pk: int
    is_edit: bool
    slug: str
    name: str
    who: str
    rows: int

    @property
    def kind(self) -> str:
        return ("edit" if self.is_edit else "new") if self.source == "record" else self.source

    @property
    def cursor(self) -> str:
        """Where the page after this line begins."""
        return f"{self.since.isoformat()}~{self.source}~{self.pk}"

    def days(self, branch: Branch) -> int:
        """Working days that it waits."""
        return age(self.since, branch)


def age(since: datetime, branch: Branch) -> int:
    """Working days from `since` until today, by the branch's clock."""
    return working_days_between(
        timezone.localtime(since, branch.tz).date(), timezone.localdate(timezone=branch.tz)
    )


def overdue_edge(branch: Branch) -> datetime:
    """What came before this moment waits longer than the branch's norm."""
    day = overdue_before(timezone.localdate(timezone=branch.tz), branch.norm_days)
    return datetime.combine(day, time.min, branch.tz)


@dataclass(frozen=True)
class Part:
    """A source of the queue, with the kinds of lines that it has; apps above add theirs by `add_part`.

    `lines` gives the rows of one kind ("" for all) as `line` makes them; `counts` gives rows of each kind,
    and whether they can be late.
    """

    source: str
    kinds: tuple[str, ...]
    lines: Callable[[Branch, str], QuerySet]
    counts: Callable[[Branch], Iterable[tuple[str, QuerySet, bool]]]


_PARTS: dict[str, Part] = {}


def add_part(part: Part) -> None:
    """From now on the queue has this part too."""
    _PARTS[part.source] = part


def _records(branch: Branch) -> QuerySet:
    return (
        apps.get_model("communities", "CensusRecord")
        .objects.in_branch(branch)
        # `branch_key` is what the index of the queue begins with: other branches' records are not read.
        .filter(state=State.SUBMITTED, branch_key=branch.pk)
        .exclude(community__listing=Listing.MERGED)
    )


def _claims(branch: Branch) -> QuerySet:
    return apps.get_model("communities", "Claim").objects.in_branch(branch).filter(state=State.SUBMITTED)


def _rows(branch: Branch) -> QuerySet:
    return apps.get_model("communities", "ImportRow").objects.in_branch(branch).waiting()


def waiting_counts(branch: Branch) -> dict[str, int]:
    """{"all": n, "late": n, kind: n} in one query."""
    edge = overdue_edge(branch)
    none = Value(0, BigIntegerField())

    late = Count("pk", filter=Q(submitted_at__lt=edge))
    first, *others = (
        rows.order_by()
        .values(kind=Value(kind, CharField()))
        .annotate(n=Count("pk"), late=late if can_be_late else none)
        for part in _PARTS.values()
        for kind, rows, can_be_late in part.counts(branch)
    )
    kinds = [kind for part in _PARTS.values() for kind in part.kinds]
    counts = dict.fromkeys(("all", "late", *kinds), 0)
    for row in first.union(*others, all=True):
        counts[row["kind"]] += row["n"]
        counts["all"] += row["n"]
        counts["late"] += row["late"]
    return counts


def waiting(branch: Branch, kind: str = "", after: str = "") -> tuple[list[Waiting], bool]:
    """A page of the queue after the cursor `after`, and whether there is more; one query."""
    parts = {
        source: part.lines(branch, kind) for source, part in _PARTS.items() if not kind or kind in part.kinds
    }
    if cursor := _parsed(after):
        parts = {source: rows.filter(_beyond(source, *cursor)) for source, rows in parts.items()}
    first, *others = (rows.order_by().values_list(*_COLUMNS) for rows in parts.values())
    rows = first.union(*others, all=True) if others else first
    lines = [Waiting(*row) for row in rows.order_by("since", "source", "key")[: PAGE + 1]]
    return lines[:PAGE], len(lines) > PAGE


def next_after(branch: Branch, line: Waiting | None, kind: str = "") -> Waiting | None:
    """The line to go on with once `line` is decided: the following one, else the oldest."""
    following, _more = waiting(branch, kind, line.cursor if line else "")
    if following or line is None:
        return following[0] if following else None
    return next_after(branch, None, kind)


#: Named so that no source has columns of these names itself.
_COLUMNS = ("since", "source", "key", "is_edit", "sealed", "called", "who", "n")


def line(rows: QuerySet, source: str, **columns: Any) -> QuerySet:
    """`rows` as lines of the queue; what a source does not have is empty."""
    empty: dict[str, Any] = {
        "source": Value(source, CharField()),
        "key": Value(0, BigIntegerField()),
        "is_edit": Value(False, BooleanField()),
        "sealed": Value("", CharField()),
        "called": Value("", CharField()),
        "who": Value("", CharField()),
        "n": Value(1, BigIntegerField()),
    }
    return rows.annotate(**(empty | columns))


#: Who sent it, as far as we know.
SENDER = Coalesce(
    NullIf(F("submitted_by__name"), Value("")), F("submitted_by__email"), output_field=CharField()
)


def _record_lines(branch: Branch, kind: str) -> QuerySet:
    rows = _records(branch)
    if kind:
        rows = rows.filter(community__current__isnull=kind == "new")
    return line(
        rows,
        "record",
        since=F("submitted_at"),
        key=F("pk"),
        is_edit=Case(When(community__current__isnull=False, then=True), default=False),
        sealed=F("community__slug"),
        called=F("name"),
        who=SENDER,
    )


def _claim_lines(branch: Branch, kind: str) -> QuerySet:
    return line(
        _claims(branch),
        "claim",
        since=F("submitted_at"),
        key=F("pk"),
        sealed=F("community__slug"),
        called=Coalesce(F("community__current__name"), F("community__slug"), output_field=CharField()),
        who=SENDER,
    )


def _import_lines(branch: Branch, kind: str) -> QuerySet:
    files = _rows(branch).order_by().values("batch_id")
    return line(
        files,
        "import",
        since=Coalesce("batch__finished_at", "batch__created_at"),
        key=F("batch_id"),
        called=F("batch__filename"),
        n=Count("pk"),
    )


def _record_counts(branch: Branch) -> Iterable[tuple[str, QuerySet, bool]]:
    rows = _records(branch)
    yield "new", rows.filter(community__current=None), True
    yield "edit", rows.exclude(community__current=None), True


add_part(Part("record", ("new", "edit"), _record_lines, _record_counts))
add_part(Part("claim", ("claim",), _claim_lines, lambda branch: [("claim", _claims(branch), True)]))
add_part(Part("import", ("import",), _import_lines, lambda branch: [("import", _rows(branch), False)]))


def _parsed(after: str) -> tuple[datetime, str, int] | None:
    """The cursor, or None when it is none of ours."""
    moment, _tilde, rest = after.partition("~")
    source, _tilde, pk = rest.partition("~")
    try:
        since = parse_datetime(moment)
    except ValueError:
        return None
    key = number_of(pk, -1)
    if since is None or timezone.is_naive(since) or source not in _PARTS or key < 0:
        return None
    return since, source, key


def _beyond(source: str, since: datetime, of: str, pk: int) -> Q:
    """Lines of `source` behind the cursor: by time, then by source, then by key."""
    if source < of:
        return Q(since__gt=since)
    if source > of:
        return Q(since__gte=since)
    return Q(since__gt=since) | Q(since=since, key__gt=pk)
