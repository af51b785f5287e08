"""From an idea to the calendar: announce, publish, decide, agree with other communities."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.keys import address
from communities.models import Community
from events.actions.edits import keep_edit, said_by
from events.actions.promises import keeping_promises
from events.actions.scheduling import (
    carry_along,
    follow_rule,
    list_dates,
    refresh_organisers,
    write_occurrences,
)
from events.actions.search import learn_title
from events.actions.stale import Stale
from events.actions.trusting import truster_of
from events.actions.venues import hold
from events.choices import OrganiserState
from events.models import Event, Organiser
from events.notifications import tell_answered, tell_approved, tell_invited, tell_returned
from events.notifications.holders import tell_left
from events.notifications.state import tell_asked
from events.querysets.occurrence import LONGEST
from events.recurrence import FARTHEST, BadRule, checked_rule, times
from hub.approvals import Refused, lock, move, record_revision
from hub.choices import State
from hub.models import Branch, User

#: What an announcement says; everything else is bookkeeping.
ANSWERS = (
    "title", "short", "description", "topics", "ages", "venue", "place", "online_url", "cover", "is_free", "price",
    "goal", "takes_registrations", "capacity", "starts_at", "ends_at", "timezone", "all_day", "rrule", "exdates",
)  # fmt: skip
#: Addresses under /calendar/ that are pages of their own.
RESERVED = {"embed", "search"}
#: A rule must stay within bounds for so long, whatever the horizon is today.
LOOKED_AHEAD = timedelta(days=5 * 366)


class BadTimes(Refused):
    """Times that no event has: `field` says where the mistake is."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def announce(community: Community, answers: Mapping[str, Any], *, by: User, token: str = "") -> Event:
    """A draft of an event that `community` holds. Raises BadTimes.

    `token` is the sent form's own: the same form sent twice makes one event.
    """
    event, created = write_down(community.branch, answers, by=by, token=token)
    if created:
        Organiser.objects.create(
            event=event,
            community=community,
            state=OrganiserState.ACCEPTED,
            answered_by=by,
            answered_at=timezone.now(),
        )
        write_occurrences(event)
        record_revision(event, "announce", by=by)
    return event


def write_down(
    branch: Branch, answers: Mapping[str, Any], *, by: User, token: str = "", **more: Any
) -> tuple[Event, bool]:
    """A draft of the branch that nobody holds yet and that has no dates; False for the twin of a form sent twice.

    Raises BadTimes, and Refused for somebody else's form.
    """
    event = Event(branch=branch, created_by=by, timezone=branch.timezone, **more)
    _fill(event, answers)
    event.uid = f"{token or secrets.token_hex(16)}@{branch.host or settings.PORTAL_HOST}"
    event.slug = free_slug(branch, event)
    try:
        with transaction.atomic():
            event.save()
    except IntegrityError:
        if twin := Event.objects.filter(uid=event.uid).first():
            if twin.created_by_id != by.pk:
                raise Refused(_("Эта форма уже отправлена. Откройте её заново.")) from None
            return twin, False
        _save_under_own_address(event)
    return event, True


def save_under_free_address(event: Event) -> None:
    """Write down an event that has no address yet."""
    event.slug = free_slug(event.branch, event)
    try:
        with transaction.atomic():
            event.save()
    except IntegrityError:
        _save_under_own_address(event)


def _save_under_own_address(event: Event) -> None:
    """Another of the same name took the address between the look and the save."""
    event.slug = f"{event.slug[:90]}-{secrets.token_hex(3)}"
    event.save()


def free_slug(branch: Branch, event: Event) -> str:
    """An address for the event that nobody in `branch` has: its name, then its day, then a number."""
    day = f"{event.starts_at.astimezone(event.tz):%d-%m-%Y}"
    name = address(event.title)[:80] or "sobytie"
    taken = RESERVED | set(
        Event.objects.in_branch(branch).filter(slug__startswith=name).values_list("slug", flat=True)
    )
    wished = [name, f"{name}-{day}", *(f"{name}-{day}-{number}" for number in range(2, 100))]
    return next((slug for slug in wished if slug not in taken), f"{name}-{secrets.token_hex(4)}")


def _fill(event: Event, answers: Mapping[str, Any]) -> list[str]:
    """Write answers into the event; which of them changed. Raises BadTimes, and Refused for a venue that is gone."""
    changed = []
    for name, value in answers.items():
        if name in ANSWERS and getattr(event, name) != value:
            setattr(event, name, value)
            changed.append(name)
    if event.is_free:
        event.price = ""
    if "venue" in changed and event.venue:
        event.venue = hold(event.venue)
    _check_times(event)
    return changed


def check_not_too_far(starts_at: datetime) -> None:
    """Raises BadTimes."""
    if starts_at > timezone.now() + FARTHEST:
        raise BadTimes(_("Это больше чем через пять лет. Проверьте год."), "starts_at")


def _check_times(event: Event) -> None:
    check_not_too_far(event.starts_at)
    if event.ends_at <= event.starts_at:
        raise BadTimes(_("Событие кончается раньше, чем начинается. Проверьте время окончания."), "ends_at")
    if event.ends_at - event.starts_at > LONGEST:
        raise BadTimes(
            _("Событие длится больше %(days)s дней. Разделите его или укажите серию.")
            % {"days": LONGEST.days},
            "ends_at",
        )
    try:
        event.rrule = checked_rule(event.rrule)
        times(event, event.starts_at + LOOKED_AHEAD)
    except BadRule as error:
        raise BadTimes(str(error), "rrule") from error


def refuse_followed(event: Event) -> None:
    """Raises Refused for what comes from a calendar of another program: there it is changed."""
    if source := event.follows_source:
        raise Refused(
            _("Это событие приходит из календаря «%(name)s». Измените его там, и портал повторит.")
            % {"name": source.name}
        )


@transaction.atomic
def edit_event(event: Event, answers: Mapping[str, Any], *, seen: int, by: User) -> Event:
    """Change the event and all of its dates. `seen` is the sequence that the editor had before them.

    The city sees it at once; what a coordinator has yet to look at, waits in the queue.

    Raises BadTimes, and Stale when somebody was faster.
    """
    fresh = lock(event)
    refuse_followed(fresh)
    if fresh.sequence != seen:
        raise Stale(fresh)
    before, began = said_by(fresh), fresh.starts_at.astimezone(fresh.tz)
    with keeping_promises(fresh, by=by):
        if changed := _fill(fresh, answers):
            if "starts_at" in changed:
                carry_along(fresh, began, changed)
            fresh.sequence += 1
            fresh.save()
            follow_rule(fresh, began)
    if changed:
        record_revision(fresh, "edit", by=by, changed=changed)
        keep_edit(fresh, before, by=by)
        learn_title(fresh)
    return fresh


@transaction.atomic
def publish(event: Event, *, by: User) -> Event:
    """Into the calendar at once when the coordinator trusts an organiser of it, or the administration with its
    state events; else into the queue.

    Raises AlreadyDecided on a second click.
    """
    fresh = move(event, "submit", by=by)
    truster = truster_of(fresh, but=by)
    return approve_event(fresh, by=truster) if truster else fresh


@transaction.atomic
def approve_event(event: Event, *, by: User, seen: int | None = None) -> Event:
    """The city sees it. `seen` is the sequence of what was read before deciding.

    Raises AlreadyDecided and OwnSubmission, and Stale when it was changed since.
    """
    if seen is not None and lock(event).sequence != seen:
        raise Stale(event, _("Пока вы читали, событие изменили. Посмотрите ещё раз."))
    fresh = move(event, "approve", by=by)
    list_dates(fresh)
    tell_approved(fresh)
    tell_asked(fresh)
    return fresh


@transaction.atomic
def return_event(event: Event, *, reason: str, by: User) -> Event:
    """Back to its author, saying why. Raises AlreadyDecided, OwnSubmission, and Refused without a reason."""
    if not reason.strip():
        raise Refused(_("Напишите, что поправить: организатор увидит эти слова."))
    fresh = move(event, "return", by=by, note=reason.strip()[:500])
    tell_returned(fresh, reason.strip()[:500])
    return fresh


@transaction.atomic
def discard_draft(event: Event, *, by: User) -> None:
    """Throw away what was never sent. Raises Refused for anything else."""
    fresh = lock(event)
    if fresh.state != State.DRAFT:
        raise Refused(_("Событие уже отправлено: удалить его нельзя, но можно отменить."))
    record_revision(fresh, "discard", by=by, note=fresh.title)
    fresh.delete()


# --- other communities -----------------------------------------------------------------------------


@transaction.atomic
def invite_organiser(event: Event, community: Community, *, by: User) -> Organiser:
    """Ask `community` to hold the event together; asked twice it is asked once."""
    fresh = lock(event)
    organiser, created = Organiser.objects.get_or_create(event=fresh, community=community)
    if created:
        record_revision(fresh, "invite", by=by, note=str(community.pk))
        tell_invited(organiser, by)
    return organiser


@transaction.atomic
def answer_invitation(organiser: Organiser, accept: bool, *, by: User) -> Organiser:
    """The community agrees or does not. Raises Refused when it has answered, or was taken off, meanwhile."""
    event = lock(organiser.event)
    fresh = Organiser.objects.select_for_update().filter(pk=organiser.pk).first()
    if fresh is None or fresh.state != OrganiserState.INVITED:
        raise Refused(_("На это приглашение уже ответили или его отозвали. Обновите страницу."))
    fresh.state = OrganiserState.ACCEPTED if accept else OrganiserState.DECLINED
    fresh.answered_by, fresh.answered_at = by, timezone.now()
    fresh.save()
    refresh_organisers(event)
    record_revision(event, "accept" if accept else "decline", by=by, note=str(fresh.community_id))
    tell_answered(fresh)
    return fresh


@transaction.atomic
def remove_organiser(organiser: Organiser, *, by: User) -> None:
    """Take a community off the event. Raises Refused for the last one that holds it, unless the city does."""
    event = lock(organiser.event)
    fresh = Organiser.objects.select_for_update().filter(pk=organiser.pk).first()
    if fresh is None:
        return
    others = event.organisers.filter(state=OrganiserState.ACCEPTED).exclude(pk=fresh.pk)
    if fresh.state == OrganiserState.ACCEPTED and not event.is_state and not others.exists():
        raise Refused(_("Это единственный организатор. Пригласите другого или отмените событие."))
    fresh.event = event
    tell_left(fresh, by=by)
    fresh.delete()
    refresh_organisers(event)
    record_revision(event, "remove-organiser", by=by, note=str(fresh.community_id))
