"""What people registered for is kept, or they are told, and so are the holders: around everything that changes dates."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.utils import timezone

from events.actions.registering import promote
from events.models import Event, Occurrence, Registration
from events.notifications.dates import Known, known
from events.notifications.holders import tell_holders
from events.notifications.registration import silence, tell_moved, tell_off, tell_on
from hub.models import User


@dataclass
class _Changes:
    """The dates that became otherwise, by their keys, and what was known of them."""

    off: dict[int, Known] = field(default_factory=dict)
    on: dict[int, Known] = field(default_factory=dict)
    moved: dict[int, Known] = field(default_factory=dict)


@contextmanager
def keeping_promises(event: Event, *, by: User | None) -> Iterator[set[int]]:
    """Dates to come may change inside; afterwards those registered hear of it, and new seats are given.

    So do, once for all that changed, the holders and helpers of the event other than `by`; of what nobody did
    (the horizon rolls on) they hear nothing. The keys of people who are told of it inside, in other words, go
    into what this gives: they are not told again.

    Call inside `transaction.atomic`, with the event locked. All these dates are locked first: whoever
    registers meanwhile waits, and registers for what comes of it.
    """
    rows = event.occurrences.filter(ends_at__gt=timezone.now()).select_for_update().order_by("pk")
    knew = {date.pk: known(date, event) for date in rows}
    heard: set[int] = set()
    yield heard
    if knew:
        dates = Occurrence.objects.in_bulk(knew)
        for date in dates.values():
            date.event = event
        _tell(event, dates, _compared(event, knew, dates), by, heard)
        for date in dates.values():
            promote(date)


def _compared(event: Event, knew: dict[int, Known], dates: dict[int, Occurrence]) -> _Changes:
    changes = _Changes()
    for pk, was in knew.items():
        now = known(dates[pk], event) if pk in dates else None
        # One that is gone was nobody's to come to; to those who hold it, it is off.
        if now is None or now.off:
            if not was.off:
                changes.off[pk] = was
        elif was.off:
            changes.on[pk] = now
        elif now != was:
            changes.moved[pk] = was
    return changes


def _tell(
    event: Event, dates: dict[int, Occurrence], changes: _Changes, by: User | None, heard: set[int]
) -> None:
    touched = [*changes.off, *changes.on, *changes.moved]
    if not touched:
        return
    if by:
        heard |= tell_holders(event, dates, **vars(changes), but={by.pk, *heard})
    people = list(Registration.objects.live().filter(occurrence__in=touched).select_related("user").in_turn())
    for registration in people:
        registration.occurrence = dates[registration.occurrence_id]
    # Who is told the time now needs no reminder of moments that have passed by then.
    again = Registration.objects.filter(pk__in=[one.pk for one in people])
    again.exclude(occurrence__in=changes.off).update(knows_since=timezone.now())
    silence(people)
    # Whoever holds it and comes as well has just read of all its dates.
    people = [one for one in people if one.user_id not in heard]
    tell_off(event, _of(people, changes.off))
    tell_on(event, _of(people, changes.on))
    tell_moved(event, _of(people, changes.moved), changes.moved)


def _of(people: Iterable[Registration], dates: Container[int]) -> list[Registration]:
    return [one for one in people if one.occurrence_id in dates]
