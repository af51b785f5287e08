"""What the portal of the demo city has told people, and how far it got. Nothing of it goes anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from communities.models import CensusRecord, CensusRound, Community
from communities.notifications import APPROVED, INVITATION, ask_to_confirm, tell_approved, tell_returned
from hub.actions import mute_kind
from hub.choices import DeliveryState, DigestRhythm, State
from hub.models import Branch, Delivery, Notification, NotificationSettings, User
from hub.outbox import notify
from hub.outbox.kinds import ACCOUNT
from hub.outbox.timing import MUTED, next_digest
from reports.management.demo.calendar import Calendar
from reports.management.demo.people import ACCOUNTS, DOMAIN

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
#: What is newer than that has not been opened yet.
_FRESH = timedelta(days=12)
#: They sign in, so nothing odd is done to their letters.
_OURS = [account.email for account in ACCOUNTS]


@contextmanager
def said(at: datetime, now: datetime, **more: Any) -> Iterator[None]:
    """What is told inside went out a minute after `at`; old news has been read as well."""
    before = Notification.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    yield
    told = Notification.objects.filter(pk__gt=before)
    told.update(created_at=at, read_at=at + 40 * _MINUTE if now - at > _FRESH else None)
    went = {"state": DeliveryState.SENT, "sent_at": at + _MINUTE, "attempts": 1, **more}
    Delivery.objects.filter(notification__pk__gt=before).update(queued_at=at, next_try_at=at, **went)


def _failed(error: str) -> dict[str, Any]:
    return {"state": DeliveryState.FAILED, "sent_at": None, "error": error}


Event = tuple[datetime, Callable[[], object], dict[str, Any]]


def tell_the_past(branch: Branch, calendar: Calendar) -> None:
    """Letters about this year's round and its decisions, each dated as what it tells of."""
    round_ = CensusRound.objects.current_for(branch)
    if round_ is None or round_.opened_at is None:
        return
    reminded = calendar.ago(1, 10, "reminder")
    opened = f"round-opened:{round_.pk}"
    again = f"round-reminder:{round_.pk}:{branch.pk}:{reminded:%Y-%m-%d}"
    events: list[Event] = [
        (round_.opened_at, partial(ask_to_confirm, round_, branch, key=opened, again=False), {}),
        (reminded, partial(ask_to_confirm, round_, branch, key=again, again=True), {}),
        *_letters(branch, calendar),
    ]
    decided = CensusRecord.objects.in_branch(branch).filter(round=round_).select_related("community__branch")
    for record in decided:
        if record.state in (State.APPROVED, State.RETURNED):
            tell = tell_approved if record.state == State.APPROVED else tell_returned
            events.append((record.decided_at, partial(tell, record), {}))
    for at, say, more in sorted(events, key=lambda event: event[0]):
        with said(at, calendar.now, **more):
            say()
    _upset(branch, calendar.now, again)
    _hold_one(branch, calendar.now)


def _letters(branch: Branch, calendar: Calendar) -> Iterator[Event]:
    """Two invitations that were refused, and a letter of sign-in, whose words nobody reads here."""
    community = Community.objects.in_branch(branch).listed().select_related("current").order_by("pk").first()
    for days, address, error in [
        (4, f"pomoshnik@{DOMAIN}", "SMTPRecipientsRefused 550"),
        (2, f"rassylka@{DOMAIN}", "SMTPDataError 554"),
    ]:
        key = f"demo:{branch.pk}:{address}"
        context = {
            "name": community.name if community else branch.name,
            "inviter": "Лидер сообщества",
            "role": "редактор",
            "invitation": 0,
            "expires_on": f"{calendar.now + 10 * _DAY:%d.%m.%Y}",
        }
        say = partial(notify, INVITATION, key=key, branch=branch, email=address, context=context)
        yield calendar.ago(days, 20, address), say, _failed(error)
    key, user = f"demo:{branch.pk}:account", User.objects.get(email=f"new@{DOMAIN}")
    words = {
        "subject": "Подтвердите адрес почты",
        "context": {"text": "Чтобы закончить регистрацию, откройте ссылку из письма."},
    }
    yield (
        calendar.ago(1, 21, "account"),
        partial(notify, ACCOUNT, key=key, branch=branch, user=user, **words),
        {},
    )


def _upset(branch: Branch, now: datetime, reminder: str) -> None:
    """Some of yesterday's reminders wait, were not wanted, or did not arrive."""
    reminders = (
        Delivery.objects.in_branch(branch)
        .filter(notification__key__startswith=reminder)
        .exclude(notification__user__email__in=_OURS)
        .select_related("notification")
        .order_by("-pk")
    )
    states: list[dict[str, Any]] = [
        {"state": DeliveryState.QUEUED, "error": "SMTPRecipientsRefused 451", "next_try_at": now + _DAY / 12},
        {"state": DeliveryState.SKIPPED, "error": MUTED},
        {"state": DeliveryState.FAILED, "error": "SMTPRecipientsRefused 552"},
    ]
    for delivery, state in zip(reminders, states, strict=False):
        Delivery.objects.filter(pk=delivery.pk).update(sent_at=None, **state)
        if state["state"] == DeliveryState.SKIPPED:
            mute_kind(delivery.notification.user, delivery.notification.kind, delivery.channel, by=None)


def _hold_one(branch: Branch, now: datetime) -> None:
    """The newest approval goes to somebody who reads a digest a day."""
    newest = (
        Delivery.objects.in_branch(branch)
        .filter(notification__kind=APPROVED.code)
        .exclude(notification__user__email__in=_OURS)
        .select_related("notification__user")
        .order_by("-pk")
        .first()
    )
    if newest is None:
        return
    wishes, _created = NotificationSettings.objects.update_or_create(
        user=newest.notification.user, defaults={"digest": DigestRhythm.DAILY}
    )
    ripe = next_digest(now, wishes.digest, wishes.digest_at, branch.tz)
    Delivery.objects.filter(pk=newest.pk).update(state=DeliveryState.HELD, sent_at=None, next_try_at=ripe)
