"""Coming to a date: register, withdraw, give freed seats in order, check in at the door.

Everything here locks the row of the date first and counts anew under that lock: the last seat is
given once, and what stands beside the date is what its registrations say.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.choices import RegistrationState
from events.models import Event, Occurrence, Registration
from events.notifications.registration import silence, tell_promoted, tell_registered
from hub.approvals import Refused, record_revision
from hub.models import User


def lock_date(occurrence: Occurrence) -> Occurrence:
    """The date, fresh and locked until the transaction ends. Raises Refused when it is gone."""
    rows = Occurrence.objects.filter(pk=occurrence.pk)
    # Locked before its event is read: one that went over to another event while we waited is still there.
    # The event itself is not locked: all that decides is copied into the row.
    if rows.select_for_update().first() is None:
        raise Refused(_("Этой даты больше нет: расписание изменили. Выберите другую."))
    return rows.select_related("event__branch").get()


def why_closed(occurrence: Occurrence) -> str:
    """Why nobody can register for the date now; "" when everybody can."""
    if not occurrence.is_listed:
        return _("Событие пока не опубликовано: записаться на него нельзя.")
    if occurrence.cancelled_at:
        return _("Эта дата отменена: записаться на неё нельзя.")
    if occurrence.starts_at <= timezone.now():
        return _("Запись закрыта: событие уже началось.")
    if not occurrence.takes_registrations:
        return _("Организаторы закрыли запись на это событие.")
    return ""


@transaction.atomic
def register(occurrence: Occurrence, *, by: User) -> Registration:
    """A seat for the person, or a place in the line when there is none. Twice is once.

    Raises Refused for a date that takes nobody (any more).
    """
    date = lock_date(occurrence)
    if why := why_closed(date):
        raise Refused(why)
    known = date.registrations.live().of(by).first()
    if known:
        known.occurrence = date
        return known
    going, waiting = date.registrations.counted()
    free = date.capacity is None or going + date.walked_in < date.capacity
    registration = Registration.objects.create(
        occurrence=date,
        user=by,
        # Nobody passes those who wait already.
        state=RegistrationState.GOING if free and not waiting else RegistrationState.WAITING,
        knows_since=timezone.now(),
    )
    _count(date)
    record_revision(registration, "register", by=by, note=registration.state)
    tell_registered(registration)
    return registration


@transaction.atomic
def withdraw(registration: Registration, *, by: User) -> Registration:
    """The person does not come; their seat goes to whoever waits longest. Twice is once.

    Raises Refused once the date has begun.
    """
    date = lock_date(registration.occurrence)
    fresh = date.registrations.get(pk=registration.pk)
    fresh.occurrence = date
    if not fresh.is_live:
        return fresh
    if date.starts_at <= timezone.now() and not date.cancelled_at:
        raise Refused(_("Событие уже началось: отменять запись поздно."))
    fresh.state, fresh.cancelled_at = RegistrationState.CANCELLED, timezone.now()
    fresh.checked_in_at = fresh.checked_in_by = None
    fresh.save()
    record_revision(fresh, "withdraw", by=by)
    silence([fresh])
    _count(date)
    promote(date)
    return fresh


def promote(date: Occurrence) -> list[Registration]:
    """Give the free seats of a locked date to those who wait, in their order, and tell them."""
    if date.cancelled_at or date.starts_at <= timezone.now() or not date.waiting:
        return []
    rows = date.registrations.waiting().in_turn().select_related("user")
    left = date.seats_left
    chosen = list(rows if left is None else rows[:left])
    for registration in chosen:
        registration.occurrence = date
        registration.state = RegistrationState.GOING
        registration.promoted_at = registration.knows_since = timezone.now()
        registration.save(update_fields=["state", "promoted_at", "knows_since"])
        record_revision(registration, "promote", by=None)
    _count(date)
    tell_promoted(chosen)
    return chosen


def _count(date: Occurrence) -> None:
    """What stands beside the locked date is what its registrations say."""
    date.going, date.waiting = date.registrations.counted()
    date.save(update_fields=["going", "waiting"])


@transaction.atomic
def check_in(registration: Registration, *, by: User) -> Registration:
    """The person is here. Twice is once. Raises Refused for somebody who is not among those that go."""
    fresh = lock_date(registration.occurrence).registrations.get(pk=registration.pk)
    if fresh.state != RegistrationState.GOING:
        raise Refused(_("Человек отменил запись или ещё ждёт места. Обновите список."))
    if fresh.checked_in_at is None:
        fresh.checked_in_at, fresh.checked_in_by = timezone.now(), by
        fresh.save(update_fields=["checked_in_at", "checked_in_by"])
        record_revision(fresh, "check-in", by=by)
    return fresh


@transaction.atomic
def undo_check_in(registration: Registration, *, by: User) -> Registration:
    """A slip of the finger at the door. Twice is once."""
    fresh = lock_date(registration.occurrence).registrations.get(pk=registration.pk)
    if fresh.checked_in_at is not None:
        fresh.checked_in_at = fresh.checked_in_by = None
        fresh.save(update_fields=["checked_in_at", "checked_in_by"])
        record_revision(fresh, "undo-check-in", by=by)
    return fresh


@transaction.atomic
def leave_all(user: User) -> None:
    """The person goes nowhere any more: their seats of dates to come go to others."""
    rows = Registration.objects.live().of(user).filter(occurrence__starts_at__gt=timezone.now())
    # Several dates: their events first, as everybody does who changes more than one.
    events = Event.objects.filter(occurrences__registrations__in=rows).values("pk")
    list(Event.objects.filter(pk__in=events).select_for_update(no_key=True).order_by("pk"))
    for registration in rows.select_related("occurrence").order_by("pk"):
        withdraw(registration, by=user)
