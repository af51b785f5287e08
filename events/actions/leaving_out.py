"""Days that a series leaves out, as long as the city has not seen it: nobody has to read that they are off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from events.actions.announcing import refuse_followed
from events.actions.scheduling import write_occurrences
from events.models import Event
from hub.approvals import Refused, lock, record_revision
from hub.choices import State
from hub.models import User


@transaction.atomic
def leave_out(event: Event, since: date, until: date, *, by: User) -> int:
    """Take the dates from `since` up to and including `until` out of the series; how many they were.

    Raises Refused when there are none, when none would be left, and once the series is published.
    """
    fresh = _unseen(event)
    days = fresh.occurrences.filter(day__gte=since, day__lte=until)
    left_out = set(days.values_list("was_at", flat=True))
    if not left_out:
        raise Refused(_("В эти дни дат нет: убирать нечего."))
    if fresh.occurrences.count() == len(left_out):
        raise Refused(_("Тогда не останется ни одной даты. Измените, когда событие проходит."))
    _write(fresh, left_out.union(fresh.exdates), "leave-out", by=by, note=f"{since} — {until}")
    return len(left_out)


@transaction.atomic
def put_back(event: Event, since: date, until: date, *, by: User) -> int:
    """Take such days in again; how many they were. Raises Refused when there are none, or it is published."""
    fresh = _unseen(event)
    kept = {moment for moment in fresh.exdates if not since <= moment.astimezone(fresh.tz).date() <= until}
    returned = len(fresh.exdates) - len(kept)
    if not returned:
        raise Refused(_("Эти даты уже на месте."))
    _write(fresh, kept, "put-back", by=by, note=f"{since} — {until}")
    return returned


def _unseen(event: Event) -> Event:
    fresh = lock(event)
    refuse_followed(fresh)
    if fresh.state == State.APPROVED:
        raise Refused(_("Событие уже опубликовано: дату можно отменить, и все увидят, что её не будет."))
    return fresh


def _write(event: Event, exdates: Iterable[datetime], action: str, *, by: User, note: str) -> None:
    event.exdates = sorted(exdates)
    event.sequence += 1
    event.save(update_fields=["exdates", "sequence", "changed_at"])
    write_occurrences(event)
    record_revision(event, action, by=by, note=note)
