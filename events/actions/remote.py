"""Connected calendars of other programs, and single events of them: pause, let go, hide, approve."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.actions.changing import cancel_event
from events.actions.scheduling import list_dates
from events.choices import SourceState
from events.models import Event, ImportedEvent, RemoteCalendar
from events.notifications import tell_all_approved
from hub.approvals import AlreadyDecided, lock, move, record_revision
from hub.choices import State
from hub.models import User

LET_GO = gettext_lazy("Этого календаря уже нет: его отключили. Обновите страницу.")


def locked(source: RemoteCalendar) -> RemoteCalendar:
    """Fresh and locked, with what hangs on it. Raises AlreadyDecided when it is gone."""
    rows = RemoteCalendar.objects.select_for_update(of=("self",))
    fresh = rows.select_related("branch", "community", "added_by").filter(pk=source.pk).first()
    if fresh is None:
        raise AlreadyDecided(LET_GO)
    return fresh


@transaction.atomic
def pause(source: RemoteCalendar, *, by: User) -> None:
    """It is not read until it is taken up again; its events stay."""
    fresh = locked(source)
    if fresh.state in (SourceState.ACTIVE, SourceState.LOOK):
        if fresh.state == SourceState.LOOK:
            fresh.read_in_full_at = None  # what it asked is asked again, however little is new there by then
        fresh.state, fresh.content, fresh.lease_until = SourceState.PAUSED, "", None
        fresh.save()
        record_revision(fresh, "pause", by=by)


@transaction.atomic
def resume(source: RemoteCalendar, *, by: User) -> None:
    """It is read again, at the next occasion."""
    fresh = locked(source)
    if fresh.state == SourceState.PAUSED:
        fresh.state, fresh.next_try_at = SourceState.ACTIVE, timezone.now()
        fresh.failing_since, fresh.failures, fresh.error = None, 0, ""
        fresh.save()
        record_revision(fresh, "resume", by=by)


@transaction.atomic
def remove(source: RemoteCalendar, *, keep: bool, by: User) -> int:
    """Let it go. Its events become the community's own, or those to come are called off; how many. Twice is once."""
    try:
        fresh = locked(source)
    except AlreadyDecided:
        return 0
    rows = list(fresh.imported.to_come().select_related("event"))
    if not keep:
        for row in rows:
            cancel_event(row.event, reason=_("Организатор отменил событие."), by=by)
    record_revision(fresh, "remove-keeping" if keep else "remove-cancelling", by=by, note=fresh.name)
    # What was hidden was never meant to be seen.
    fresh.delete()
    return len(rows)


@transaction.atomic
def approve_all(source: RemoteCalendar, *, by: User) -> int:
    """Everything of it that waits comes into the calendar at one word, and is told in one message; how many."""
    fresh = locked(source)
    done = 0
    for row in fresh.imported.waiting().select_related("event"):
        try:
            event = move(row.event, "approve", by=by)
        except AlreadyDecided:
            continue
        _list(event)
        done += 1
    if done:
        record_revision(fresh, "approve-all", by=by, note=str(done))
        tell_all_approved(fresh, done, f"{timezone.now():%Y%m%d%H%M%S}")
    return done


# --- one event of it -------------------------------------------------------------------------------


@transaction.atomic
def hide(row: ImportedEvent, *, by: User) -> None:
    """Out of the city's calendar: the source has it, the city need not. Twice is once."""
    event, fresh = _locked_event(row)
    if fresh.hidden_at is None:
        if event.state == State.APPROVED:
            event = move(event, "retire", by=by)
        elif event.state == State.SUBMITTED:
            event = move(event, "withdraw", by=by)
        _list(event)
        fresh.hidden_at = timezone.now()
        fresh.save(update_fields=["hidden_at"])


@transaction.atomic
def show(row: ImportedEvent, *, by: User) -> None:
    """Back into the calendar: at once what was approved, else into the queue. Twice is once."""
    event, fresh = _locked_event(row)
    if fresh.hidden_at is not None:
        event = move(event, "reinstate" if event.state == State.RETIRED else "submit", by=by)
        _list(event)
        fresh.hidden_at = None
        fresh.save(update_fields=["hidden_at"])


def _locked_event(row: ImportedEvent) -> tuple[Event, ImportedEvent]:
    """Raises AlreadyDecided when its calendar was let go meanwhile."""
    event = lock(row.event)
    fresh = ImportedEvent.objects.select_for_update().filter(pk=row.pk).first()
    if fresh is None:
        raise AlreadyDecided(LET_GO)
    return event, fresh


def _list(event: Event) -> None:
    list_dates(event)
    event.save(update_fields=["changed_at"])
