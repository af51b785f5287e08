"""What an event would stand in the way of: the same place, the same people, the same topic at one time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Q

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from events.models import Occurrence, Venue
    from hub.models import Branch, District

#: So many rivals are named.
NAMED = 5
#: So many free times are offered, looked for within so many days.
SLOTS, DAYS_LOOKED = 3, 14
#: Nobody is offered to begin earlier or end later than that.
EARLIEST, LATEST = time(9), time(22)
_HALF_HOUR = timedelta(minutes=30)


@dataclass(frozen=True)
class Plan:
    """What is about to be announced, as far as clashes care."""

    branch: Branch
    starts_at: datetime
    ends_at: datetime
    venue: Venue | None = None
    district: District | None = None
    ages: Sequence[str] = ()
    topics: Sequence[str] = ()
    #: The event's own dates are no rivals of it.
    event: int | None = None
    #: Of a series: its next times, looked at all together; without them only the first counts.
    times: Sequence[tuple[datetime, datetime]] = ()


@dataclass(frozen=True)
class Clash:
    """A rival: `reason` is venue (strong), audience or topic (soft)."""

    occurrence: Occurrence
    reason: str

    @property
    def is_strong(self) -> bool:
        return self.reason == "venue"


def clashes(plan: Plan) -> list[Clash]:
    """Rivals of `plan`, strong ones first; never a ban."""
    found = [Clash(row, reason) for row in _rivals(plan)[: 4 * NAMED] if (reason := _reason(plan, row))]
    found.sort(key=lambda clash: (not clash.is_strong, clash.occurrence.starts_at))
    return found[:NAMED]


def _rivals(plan: Plan) -> Any:
    model = apps.get_model("events", "Occurrence")
    near = Q()
    if plan.venue:
        near |= Q(venue=plan.venue)
    if plan.ages and plan.district:
        near |= Q(ages__overlap=list(plan.ages), district=plan.district)
    if plan.topics:
        near |= Q(topics__overlap=list(plan.topics))
    if not near:
        return model.objects.none()
    rows = model.objects.in_branch(plan.branch).listed().alive()
    then = Q()
    for starts_at, ends_at in plan.times or [(plan.starts_at, plan.ends_at)]:
        then |= rows.while_it_lasts(starts_at, ends_at)
    rows = rows.filter(then, near)
    if plan.event:
        rows = rows.exclude(event=plan.event)
    return rows.order_by("starts_at", "pk")


def _reason(plan: Plan, row: Any) -> str:
    if plan.venue and row.venue_id == plan.venue.pk and not plan.venue.is_roomy:
        return "venue"
    if plan.district and row.district_id == plan.district.pk and set(plan.ages) & set(row.ages):
        return "audience"
    return "topic" if set(plan.topics) & set(row.topics) else ""


def free_slots(plan: Plan, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """Up to SLOTS times of the same length without a rival: near the wished hour, the nearest days first."""
    length = plan.ends_at - plan.starts_at
    wished = plan.starts_at.astimezone(zone)
    until = plan.ends_at + timedelta(days=DAYS_LOOKED)
    days = replace(plan, ends_at=until, times=())
    rivals = [row for row in _rivals(days) if _reason(plan, row)]
    slots: list[tuple[datetime, datetime]] = []
    for day in range(DAYS_LOOKED):
        for start in _starts(wished + timedelta(days=day)):
            if start <= plan.starts_at or not _fits(start, length):
                continue
            if not any(row.starts_at < start + length and row.ends_at > start for row in rivals):
                slots.append((start, start + length))
                break
        if len(slots) == SLOTS:
            break
    return slots


def _starts(wished: datetime) -> Iterable[datetime]:
    """Half hours of a day, those near the wished one first."""
    yield wished
    for steps in range(1, 28):
        yield wished + steps * _HALF_HOUR
        yield wished - steps * _HALF_HOUR


def _fits(start: datetime, length: timedelta) -> bool:
    if length >= timedelta(hours=13):  # a day or more has no hours to keep
        return True
    end = start + length
    return start.time() >= EARLIEST and end.date() == start.date() and end.time() <= LATEST


# --- the coordinator's week ------------------------------------------------------------------------

#: So many of a week's dates are compared, so many pairs are shown.
COMPARED, PAIRS = 1000, 60


def clashes_between(rows: Any, since: datetime, until: datetime) -> list[tuple[Any, Any, str]]:
    """Pairs of dates from `since` to `until` that stand in each other's way, the same place first; one query."""
    dates = list(
        rows.alive()
        .at_the_time_of(since, until)
        .select_related("venue")
        .order_by("starts_at", "pk")[:COMPARED]
    )
    found = []
    for number, one in enumerate(dates):
        for other in dates[number + 1 :]:
            if other.starts_at >= one.ends_at:
                break
            if other.event_id != one.event_id and (reason := _between(one, other)):
                found.append((one, other, reason))
    found.sort(key=lambda pair: (pair[2] != "venue", pair[0].starts_at))
    return found[:PAIRS]


def _between(one: Any, other: Any) -> str:
    """The same topic alone is no trouble for a whole city: it is not told here."""
    if one.venue_id and one.venue_id == other.venue_id and not one.venue.is_roomy:
        return "venue"
    same_district = one.district_id and one.district_id == other.district_id
    if same_district and set(one.ages) & set(other.ages) and set(one.topics) & set(other.topics):
        return "audience"
    return ""
