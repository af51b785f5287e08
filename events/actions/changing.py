"""What happens to published events: one date moves, a series goes on otherwise, something is called off."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actions.announcing import (
    BadTimes,
    check_not_too_far,
    edit_event,
    refuse_followed,
    save_under_free_address,
)
from events.actions.copying import copy_onto, held_by
from events.actions.promises import keeping_promises
from events.actions.scheduling import follow_rule, is_over, write_occurrences
from events.actions.stale import Stale
from events.actions.venues import hold
from events.models import Event, Occurrence, Organiser, Venue
from events.querysets.occurrence import LONGEST
from events.recurrence import happens_at, rule_from, until_before
from hub.approvals import Refused, lock, record_revision
from hub.models import User


def _locked(occurrence: Occurrence) -> tuple[Event, Occurrence]:
    """The event first, as everybody does who changes it. Raises Refused when the date is gone."""
    event = lock(occurrence.event)
    fresh = event.occurrences.select_for_update().filter(pk=occurrence.pk).first()
    if fresh is None:
        raise Refused(_("Этой даты в серии больше нет: правило изменили. Обновите страницу."))
    fresh.event = event
    return event, fresh


@transaction.atomic
def move_occurrence(
    occurrence: Occurrence,
    starts_at: datetime,
    ends_at: datetime,
    *,
    where: tuple[Venue | None, str] | None = None,
    note: str = "",
    by: User,
) -> Occurrence:
    """Move this one date alone; the only one of a single event takes the event's own times along.

    `where`: at this venue, or none, and these words; None, and what comes to the same: where its event is.
    Raises BadTimes, and Refused for a date that is gone, over or called off, and for a venue that is gone.
    """
    event, fresh = _locked(occurrence)
    refuse_followed(event)
    if fresh.cancelled_at or event.cancelled_at:
        raise Refused(_("Эта дата отменена. Сначала снимите с неё отмену."))
    if not starts_at < ends_at <= starts_at + LONGEST:
        raise BadTimes(_("Событие кончается раньше, чем начинается. Проверьте время окончания."), "ends_at")
    check_not_too_far(starts_at)
    now = timezone.now()
    if is_over(fresh, event, now) and ends_at > now:
        raise Refused(_("Эта дата уже прошла, перенести её нельзя. Объявите новое событие."))
    with keeping_promises(event, by=by):
        # A date that is held elsewhere, or has a note, still follows the hours of its series.
        moved = fresh.is_moved or (starts_at, ends_at) != (fresh.starts_at, fresh.ends_at)
        fresh.starts_at, fresh.ends_at, fresh.note = starts_at, ends_at, note[:200]
        fresh.is_moved = moved if event.is_series else starts_at != fresh.was_at
        fresh.own_place = None
        if where is not None and where != (event.venue, event.place):
            fresh.venue, fresh.own_place = where[0] and hold(where[0]), where[1][:200]
        copy_onto(fresh, event, held_by(event.organisers.holding()))
        fresh.save()
        if not event.is_series:
            event.starts_at, event.ends_at = starts_at, ends_at
        _raise_sequence(event, "starts_at", "ends_at")
    record_revision(event, "move", by=by, note=f"{fresh.was_at.isoformat()} → {starts_at.isoformat()}")
    return fresh


@transaction.atomic
def cancel_occurrence(occurrence: Occurrence, *, note: str = "", by: User) -> Occurrence:
    """Call this one date off; it stays to be seen as such. Twice is once."""
    event, fresh = _locked(occurrence)
    if fresh.cancelled_at is None:
        with keeping_promises(event, by=by):
            fresh.cancelled_at, fresh.note = timezone.now(), note[:200]
            fresh.save(update_fields=["cancelled_at", "note"])
            _raise_sequence(event)
        record_revision(event, "cancel-date", by=by, note=fresh.was_at.isoformat())
    return fresh


@transaction.atomic
def reinstate_occurrence(occurrence: Occurrence, *, by: User) -> Occurrence:
    """Take the calling-off of this one date back. Twice is once. Raises Refused where others have called it off."""
    event, fresh = _locked(occurrence)
    if event.cancelled_at:
        raise Refused(_("Отменено всё событие. Сначала снимите отмену с него."))
    if fresh.is_dropped or not _has(event, fresh):
        raise Refused(_("По правилу серии этой даты больше нет. Верните её в правило или добавьте новую."))
    if event.follows_source and fresh.was_at in event.imported.called_off:
        refuse_followed(event)
    if fresh.cancelled_at is not None:
        with keeping_promises(event, by=by):
            fresh.cancelled_at, fresh.note = None, ""
            fresh.save(update_fields=["cancelled_at", "note"])
            _raise_sequence(event)
        record_revision(event, "reinstate-date", by=by, note=fresh.was_at.isoformat())
    return fresh


def _has(event: Event, date: Occurrence) -> bool:
    """Whether the event still has the date; what is over is asked about no more."""
    if date.ends_at <= timezone.now():
        return True
    return (
        happens_at(event, date.was_at)
        if event.is_series
        else event.starts_at in (date.was_at, date.starts_at)
    )


@transaction.atomic
def cancel_event(event: Event, *, reason: str, by: User) -> Event:
    """Call the whole event off: what is still to come is marked, nothing disappears. Twice is once."""
    fresh = lock(event)
    if fresh.cancelled_at is None:
        now = timezone.now()
        fresh.cancelled_at, fresh.cancelled_because = now, reason.strip()[:300]
        fresh.sequence += 1
        fresh.save(update_fields=["cancelled_at", "cancelled_because", "sequence", "changed_at"])
        with keeping_promises(fresh, by=by):
            fresh.occurrences.alive().filter(ends_at__gt=now).update(cancelled_at=now)
        record_revision(fresh, "cancel", by=by, note=fresh.cancelled_because)
    return fresh


@transaction.atomic
def reinstate_event(event: Event, *, by: User) -> Event:
    """Take the calling-off back, of what is still to come.

    Dates that had been called off one by one before stay so, and those that the rule has lost meanwhile.
    """
    fresh = lock(event)
    if fresh.cancelled_at is not None:
        now = timezone.now()
        with keeping_promises(fresh, by=by):
            off = fresh.occurrences.filter(cancelled_at=fresh.cancelled_at, ends_at__gt=now)
            off.update(cancelled_at=None)
            fresh.cancelled_at, fresh.cancelled_because = None, ""
            fresh.sequence += 1
            fresh.save(update_fields=["cancelled_at", "cancelled_because", "sequence", "changed_at"])
            follow_rule(fresh, since=now)
        record_revision(fresh, "reinstate", by=by)
    return fresh


@transaction.atomic
def edit_following(occurrence: Occurrence, answers: Mapping[str, Any], *, seen: int, by: User) -> Event:
    """From this date on otherwise: the series ends before it, another goes on under the same organisers.

    From the first date on it is an edit of all. Raises BadTimes, Stale and Refused.
    """
    event, fresh = _locked(occurrence)
    refuse_followed(event)
    if event.sequence != seen:
        raise Stale(event)
    if not event.is_series or fresh.was_at <= event.starts_at:
        return edit_event(event, answers, seen=seen, by=by)
    if not happens_at(event, fresh.was_at):
        raise Refused(_("Этой даты в серии больше нет: правило изменили. Выберите другую."))
    rest = Event.objects.get(pk=event.pk)
    rest.pk, rest._state.adding = None, True
    rest.uid = f"{secrets.token_hex(16)}@{event.branch.host or settings.PORTAL_HOST}"
    # The sequence is taken along: a date that goes over stays the same entry of somebody's calendar.
    rest.follows = event
    rest.starts_at, rest.ends_at = fresh.was_at, fresh.was_at + (event.ends_at - event.starts_at)
    rest.rrule = rule_from(event, fresh.was_at)
    if rest.rrule and fresh.was_at in event.rdates:  # its own hour is not that of the rule
        raise Refused(_("Эта дата добавлена к серии отдельно. Выберите следующую или измените всю серию."))
    rest.exdates = [left_out for left_out in event.exdates if left_out >= fresh.was_at]
    rest.rdates = [added for added in event.rdates if added > fresh.was_at]
    save_under_free_address(rest)
    for organiser in event.organisers.all():
        Organiser.objects.create(
            event=rest, community=organiser.community, state=organiser.state,
            answered_by=organiser.answered_by, answered_at=organiser.answered_at,
        )  # fmt: skip
    # The rows themselves go over: with whoever registered, and with what was changed by hand.
    event.occurrences.filter(was_at__gte=fresh.was_at).update(event=rest)
    write_occurrences(rest, by=by)
    event.rrule = until_before(event, fresh.was_at)
    event.exdates = [left_out for left_out in event.exdates if left_out < fresh.was_at]
    event.rdates = [added for added in event.rdates if added < fresh.was_at]
    _raise_sequence(event, "rrule", "exdates", "rdates")
    write_occurrences(event, by=by)
    record_revision(event, "end-series", by=by, note=fresh.was_at.isoformat())
    record_revision(rest, "go-on", by=by, note=str(event.pk))
    return edit_event(rest, answers, seen=rest.sequence, by=by)


def _raise_sequence(event: Event, *fields: str) -> None:
    event.sequence += 1
    event.save(update_fields=["sequence", "changed_at", *fields])
