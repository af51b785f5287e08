"""Edits of published events before the coordinator's eyes: looked at afterwards, put back where they must not be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actions.copying import COPIED, copy_onto, held_by, place_of_dates
from events.actions.promises import keeping_promises
from events.actions.scheduling import follow_rule
from events.actions.search import learn_title
from events.actions.stale import Stale
from events.actions.trusting import truster_of
from events.models import Event, EventEdit, Venue
from events.notifications import tell_put_back
from hub.approvals import Refused, lock, move, record_revision
from hub.choices import State
from hub.models import Upload, User

#: Columns in which something untrue or indecent can be said. When it happens is told to everybody anyway.
SAID = (
    "title",
    "short",
    "description",
    "venue_id",
    "place",
    "online_url",
    "cover_id",
    "is_free",
    "price",
    "goal",
)


def said_by(event: Event) -> dict[str, Any]:
    """What the event says, by column, as JSON keeps it."""
    said = {name: getattr(event, name) for name in SAID}
    return said | {"cover_id": str(event.cover_id) if event.cover_id else None}


def keep_edit(event: Event, before: Mapping[str, Any], *, by: User) -> None:
    """Have a coordinator look at a locked event that said `before`, unless one trusts its organisers or changed it."""
    now = said_by(event)
    if event.state != State.APPROVED or before == now:
        return
    edit = EventEdit.objects.submitted().filter(event=event).first()
    if edit is not None and edit.before == now:
        record_revision(edit, "undo", by=by)
        edit.delete()
    elif by.has_perm("events.edit_unreviewed", event) or truster_of(event, but=by) is not None:
        return  # what waits from before is still looked at
    elif edit is None:
        edit = EventEdit.objects.create(event=event, branch=event.branch, before=dict(before))
        move(edit, "submit", by=by)
    elif edit.submitted_by_id != by.pk:
        # It waits on in its place; nobody decides on what they have a hand in.
        edit.submitted_by = by
        edit.save(update_fields=["submitted_by"])


def _read(edit: EventEdit, seen: int) -> Event:
    """The event of the edit, locked. Raises Stale when it is no longer as it was read."""
    event = lock(edit.event)
    if event.sequence != seen:
        raise Stale(event, _("Пока вы читали, событие изменили. Посмотрите ещё раз."))
    return event


@transaction.atomic
def approve_edit(edit: EventEdit, *, seen: int, by: User) -> EventEdit:
    """Let it be. `seen` is the event's sequence that was read. Raises AlreadyDecided, OwnSubmission and Stale."""
    _read(edit, seen)
    return move(edit, "approve", by=by)


@transaction.atomic
def return_edit(edit: EventEdit, *, reason: str, seen: int, by: User) -> EventEdit:
    """The event says again what it said before; its organisers hear why.

    Raises as `approve_edit`, and Refused without a reason.
    """
    if not reason.strip():
        raise Refused(_("Напишите, что поправить: организатор увидит эти слова."))
    event = _read(edit, seen)
    fresh = move(edit, "return", by=by, note=reason.strip()[:500])
    now, place = said_by(event), place_of_dates(event)
    changed = [name for name, value in _still_there(fresh.before).items() if now[name] != value]
    with keeping_promises(event, by=by) as heard:
        for name in changed:
            setattr(event, name, fresh.before[name])
        event.sequence += 1
        event.save()
        follow_rule(event)
        if place != place_of_dates(event):
            _put_right(event, place)
        heard |= tell_put_back(fresh, reason.strip()[:500])
    learn_title(event)
    record_revision(event, "put-back", by=by, changed=changed)
    return fresh


def _put_right(event: Event, place: str) -> None:
    """Dates that were over meanwhile say `place` no longer; else they stay as they were."""
    held = held_by(event.organisers.holding())
    for date in event.occurrences.filter(ends_at__lte=timezone.now(), place=place):
        copy_onto(date, event, held)
        date.save(update_fields=COPIED)


def _still_there(before: Mapping[str, Any]) -> dict[str, Any]:
    """What can be said again: a place or a picture may be gone by now."""
    gone = {
        name
        for name, rows in (
            # Held, as everybody does who begins to be there.
            ("venue_id", Venue.objects.select_for_update(no_key=True)),
            ("cover_id", Upload.objects.all()),
        )
        if before[name] is not None and rows.filter(pk=before[name]).first() is None
    }
    return {name: value for name, value in before.items() if name not in gone}
