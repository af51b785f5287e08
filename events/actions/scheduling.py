"""Keeping the dates of an event written down: the calendar reads rows, never rules."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from events.actions.copying import COPIED, Held, copy_onto, copy_words, held_by
from events.actions.promises import keeping_promises
from events.actions.search import learn_title
from events.models import Event, Occurrence, Registration, WalkIn
from events.recurrence import EVER, HORIZON, Time, carried, ended_with_its_day, times
from hub.choices import State
from hub.models import User

#: What the rule and the event say of a date.
WRITTEN = ("starts_at", "ends_at", "cancelled_at", "is_dropped", *COPIED)
#: An event in one of these states the city sees, or has seen.
SEEN = (State.APPROVED, State.RETIRED)


@transaction.atomic
def write_occurrences(
    event: Event, now: datetime | None = None, *, since: datetime | None = None, by: User | None = None
) -> None:
    """Make the dates of `event` what its rule says, up to the horizon; a single one has its date anyway. Twice is once.

    Of a series those from `since` on.

    Dates that were moved or called off one by one stay as they are, unless the rule has no such date any
    more; what the city has seen and is over stays whatever the rule says. One that somebody has registered
    for never vanishes: it is called off. People are told, but for whoever did it (`by`). Raises BadRule before
    anything is written.
    """
    wanted = _wanted(event, now, since)
    with keeping_promises(event, by=by):
        _write(event, wanted, None, since)


def follow_rule(event: Event, began: datetime | None = None, *, since: datetime | None = None) -> None:
    """The same inside `keeping_promises`, where more is changed than the rule says.

    When the whole event has moved its dates move with it, whatever was done to them one by one: `began` is when
    it began before, by its clock then.
    """
    _write(event, _wanted(event, since=since), began, since)


def list_dates(event: Event) -> None:
    """Its dates stand in the calendar as long as the event is published; by its words it is found from then on."""
    event.occurrences.update(is_listed=event.state == State.APPROVED)
    learn_title(event)


def _wanted(event: Event, now: datetime | None = None, since: datetime | None = None) -> dict[datetime, Time]:
    """Raises BadRule."""
    until = (now or timezone.now()) + HORIZON
    # How many there may be was asked when the rule was written down; years later those that were count no more.
    return {time.was_at: time for time in times(event, until, since, most=EVER)}


def _write(
    event: Event, wanted: dict[datetime, Time], began: datetime | None, since: datetime | None = None
) -> None:
    now = timezone.now()
    rows = (
        event.occurrences.filter(was_at__gte=since) if since and event.is_series else event.occurrences.all()
    )
    held = held_by(event.organisers.holding())
    known = {row.was_at: row for row in rows.select_for_update().order_by("pk")}
    over = {was_at: row for was_at, row in known.items() if is_over(row, event, now)}
    if began or not event.is_series:
        wanted = _under_its_first_time(event, wanted, known, over, began or event.starts_at)
    gone = [row for was_at, row in known.items() if was_at not in wanted and was_at not in over]
    if began:
        gone = _move_along(event, gone, wanted, known, began)
    kept = _kept(gone)
    Occurrence.objects.filter(pk__in=[row.pk for row in gone if row not in kept]).delete()
    _call_off(kept, event, held)
    changed = [row for row in over.values() if _called_anew(row, event, held)]
    fresh = []
    for was_at, time in wanted.items():
        row = known.get(was_at)
        if row is None:
            if known and time.ends_at <= now:  # what has not been cannot have been
                continue
            new = Occurrence(event=event, was_at=was_at, cancelled_at=event.cancelled_at)
            fill(new, event, time, held)
            fresh.append(new)
        elif was_at not in over and fill(row, event, time, held):
            changed.append(row)
    Occurrence.objects.bulk_create(fresh, batch_size=500)
    Occurrence.objects.bulk_update(changed, WRITTEN, batch_size=500)


def _under_its_first_time(
    event: Event,
    wanted: dict[datetime, Time],
    known: dict[datetime, Occurrence],
    over: Collection[datetime],
    before: datetime,
) -> dict[datetime, Time]:
    """What is wanted of an event whose only date was moved by hand, and the event with it to `before`.

    The date goes on saying when it was to be at first; unless it is the first of a series now.
    """
    moved = (
        row for row in known.values() if row.starts_at == before != row.was_at and row.was_at not in over
    )
    row = next(moved, None)
    if row and not event.is_series:
        [time] = wanted.values()
        return {row.was_at: time}
    if row and before not in known:
        del known[row.was_at]
        row.was_at, row.is_moved = before, False
        row.save(update_fields=["was_at", "is_moved"])
        known[before] = row
    return wanted


def is_over(row: Occurrence, event: Event, now: datetime) -> bool:
    """It has been, and the city knows it so."""
    return row.ends_at <= now and event.state in SEEN


def _kept(rows: Iterable[Occurrence]) -> list[Occurrence]:
    """Those of the rows that somebody has, or had, registered for or come to."""
    keys = [row.pk for row in rows]
    held = set(Registration.objects.filter(occurrence__in=keys).values_list("occurrence", flat=True))
    held |= set(WalkIn.objects.filter(occurrence__in=keys).values_list("occurrence", flat=True))
    return [row for row in rows if row.pk in held]


def _move_along(
    event: Event,
    rows: list[Occurrence],
    wanted: Container[datetime],
    known: dict[datetime, Occurrence],
    began: datetime,
) -> list[Occurrence]:
    """Rows that the rule has no more become those that lie as far from them as the event has moved; the rest."""
    by, moved, rest = moved_by(event, began), [], []
    for row in rows:
        local = row.was_at.astimezone(began.tzinfo).replace(tzinfo=None) + by
        target = local.replace(tzinfo=event.tz)
        if target in wanted and target not in known:
            del known[row.was_at]
            row.was_at, known[target] = target, row
            moved.append(row)
        else:
            rest.append(row)
    # At once: the date that each becomes must not be written beside it. None takes the place of another: what one
    # becomes the rule has, and what they were it has no more.
    Occurrence.objects.bulk_update(moved, ["was_at"], batch_size=500)
    return rest


def moved_by(event: Event, began: datetime) -> timedelta:
    """How far, by the clock, the dates of the event have moved; ask before they are written.

    One that has begun and begins anew, on another day of the week say, goes on from its next date.
    """
    now = timezone.now()
    if began <= now < event.starts_at:
        following = event.occurrences.filter(ends_at__gt=now).aggregate(first=Min("was_at"))["first"]
        began = max(began, (following or began).astimezone(began.tzinfo))
    return event.starts_at.astimezone(event.tz).replace(tzinfo=None) - began.replace(tzinfo=None)


def carry_along(event: Event, began: datetime, changed: Collection[str]) -> None:
    """Before the dates are written: what the series leaves out and adds goes with its clock, and its end stays the same
    day; but for those that are `changed` themselves."""
    by = moved_by(event, began)
    if event.rrule and "rrule" not in changed:
        event.rrule = ended_with_its_day(event.rrule, began)
    if "exdates" not in changed:
        event.exdates = carried(event, event.exdates, began, by)
    added = [moment.astimezone(began.tzinfo).replace(tzinfo=None) + by for moment in event.rdates]
    event.rdates = [local.replace(tzinfo=event.tz) for local in added]


def _call_off(rows: list[Occurrence], event: Event, held: Held) -> None:
    now, changed = timezone.now(), []
    for row in rows:
        before = _state(row)
        if row.cancelled_at is None:
            row.cancelled_at, row.is_dropped = now, True
        copy_onto(row, event, held)
        if before != _state(row):
            changed.append(row)
    Occurrence.objects.bulk_update(changed, ["cancelled_at", "is_dropped", *COPIED], batch_size=500)


def fill(row: Occurrence, event: Event, time: Time, held: Held) -> bool:
    """Make the date what rule and event say; whether anything of it became other."""
    before = _state(row)
    if row.is_dropped:  # the rule has it again
        row.is_dropped, row.cancelled_at = False, event.cancelled_at
    # Moved by hand it stays; but a single event is when it says, whatever it was to be at first.
    if not row.is_moved or row.was_at != time.was_at:
        row.starts_at, row.ends_at = time.starts_at, time.ends_at
    copy_onto(row, event, held)
    return before != _state(row)


def _called_anew(row: Occurrence, event: Event, held: Held) -> bool:
    """Call what is over as the event is called now, and no more; whether anything of it became other."""
    before = _state(row)
    copy_words(row, event, held)
    return before != _state(row)


def _state(row: Occurrence) -> list[Any]:
    return [getattr(row, name) for name in WRITTEN]


def refresh_organisers(event: Event) -> None:
    """Who holds it has changed: its dates say so, and feeds are to be read anew."""
    held = held_by(event.organisers.holding())
    event.occurrences.update(communities=held.communities)
    event.occurrences.filter(venue=None, ends_at__gt=timezone.now()).update(district=held.district)
    event.save(update_fields=["changed_at"])
