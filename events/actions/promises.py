"""What people registered for is kept, or they are told: around everything that changes dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.utils import timezone

from events.actions.registering import promote
from events.models import Event, Occurrence, Registration
from events.notifications.dates import Known, known
from events.notifications.registration import silence, tell_moved, tell_off, tell_on


@dataclass
class _Changes:
    """Keys of the dates that became otherwise, and what was known of those that moved."""

    off: set[int] = field(default_factory=set)
    on: set[int] = field(default_factory=set)
    moved: dict[int, Known] = field(default_factory=dict)


@contextmanager
def keeping_promises(event: Event) -> Iterator[None]:
    """Dates to come may change inside; afterwards those registered hear of it, and new seats are given.

    Call inside `transaction.atomic`, with the event locked. All these dates are locked first: whoever
    registers meanwhile waits, and registers for what comes of it.
    """
    rows = event.occurrences.filter(ends_at__gt=timezone.now()).select_for_update().order_by("pk")
    knew = {date.pk: known(date, event) for date in rows if date.going or date.waiting}
    yield
    if knew:
        dates = Occurrence.objects.select_related("event__branch").in_bulk(knew)
        _tell(event, dates, _compared(event, knew, dates))
        for date in dates.values():
            promote(date)


def _compared(event: Event, knew: dict[int, Known], dates: dict[int, Occurrence]) -> _Changes:
    changes = _Changes()
    for pk, was in knew.items():
        now = known(dates[pk], event)
        if now.off and not was.off:
            changes.off.add(pk)
        elif was.off and not now.off:
            changes.on.add(pk)
        elif not now.off and now != was:
            changes.moved[pk] = was
    return changes


def _tell(event: Event, dates: dict[int, Occurrence], changes: _Changes) -> None:
    touched = [*changes.off, *changes.on, *changes.moved]
    people = list(Registration.objects.live().filter(occurrence__in=touched).select_related("user").in_turn())
    for registration in people:
        registration.occurrence = dates[registration.occurrence_id]
    # Who is told the time now needs no reminder of moments that have passed by then.
    again = Registration.objects.filter(pk__in=[one.pk for one in people])
    again.exclude(occurrence__in=changes.off).update(knows_since=timezone.now())
    silence(people)
    tell_off(event, _of(people, changes.off))
    tell_on(event, _of(people, changes.on))
    tell_moved(event, _of(people, changes.moved), changes.moved)


def _of(people: Iterable[Registration], dates: Iterable[int]) -> list[Registration]:
    return [one for one in people if one.occurrence_id in dates]
