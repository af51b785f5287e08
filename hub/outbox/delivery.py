"""Taking deliveries out: claim due rows, send them one by one, commit each.

A worker may die at any point. What it had not begun comes back when its lease runs out; the one letter
whose OK it heard and could not commit goes out again under the same Message-ID.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import datetime
from time import monotonic, sleep
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Case, DateTimeField, ExpressionWrapper, F, Value, When
from django.db.models.functions import Now

from hub.choices import ChannelCode, DeliveryState
from hub.logs import place_of
from hub.models import Delivery, Notification, NotificationSettings
from hub.outbox.channels import Away, Channel, Passing, Rejected, Send
from hub.outbox.channels.email import Email
from hub.outbox.channels.telegram import Telegram
from hub.outbox.digests import FIELDS as DIGEST_FIELDS
from hub.outbox.digests import compose_digests
from hub.outbox.kinds import kind_of
from hub.outbox.timing import Hold, Skip, Verdict, Wait, verdict
from hub.outbox.timing import Send as SendNow
from hub.outbox.writing import ring
from hub.querysets import DeliveryQuerySet

log = structlog.get_logger(__name__)

BATCH = 100
#: A worker that has taken so long gives way, and rings for the next.
SHIFT = 10 * 60
#: So long a worker tries to tell the database what the mail server has said.
PERSISTENCE = 20
CHANNELS: dict[str, Channel] = {ChannelCode.EMAIL: Email()}
if settings.TELEGRAM_TOKEN:
    CHANNELS[ChannelCode.TELEGRAM] = Telegram()


def deliver() -> int:
    """Send everything due; return how many deliveries went out."""
    compose_digests()
    sent, away, until = 0, set[str](), monotonic() + SHIFT
    while monotonic() < until:
        batch = _claim(away)
        if not batch:
            return sent
        sent += _work(batch, away)
    ring()
    return sent


# --- claiming --------------------------------------------------------------------------------------


def _claim(away: set[str]) -> list[Delivery]:
    """Mark a batch as being sent, for the length of a lease; what a dead worker left comes back first."""
    Delivery.objects.left_behind().update(state=DeliveryState.QUEUED, lease_until=None)
    with transaction.atomic():
        due = Delivery.objects.due().exclude(channel__in=away)
        keys: list[int] = []
        for rows in (due.filter(urgent=True), due):
            rows = rows.select_for_update(skip_locked=True).order_by("next_try_at")
            keys = keys or list(rows.values_list("pk", flat=True)[:BATCH])
        Delivery.objects.filter(pk__in=keys).update(
            state=DeliveryState.SENDING,
            attempts=F("attempts") + 1,
            lease_until=Now() + settings.OUTBOX_LEASE,
        )
    return list(
        Delivery.objects.filter(pk__in=keys)
        .select_related("notification__branch", "notification__user__notification_settings")
        .select_related("notification__user__telegram")
        .annotate(now=ExpressionWrapper(Now(), output_field=DateTimeField()))
        .order_by("next_try_at", "pk")
    )


def _work(batch: list[Delivery], away: set[str]) -> int:
    """Send a batch, channel by channel; `away` learns of channels that do not answer."""
    # Another worker may take what we have not begun when the lease ends: stop long before.
    until = monotonic() + settings.OUTBOX_LEASE.total_seconds() / 2
    sent, lots = 0, defaultdict[str, list[Delivery]](list)
    for delivery in _ready(batch):
        lots[delivery.channel].append(delivery)
    for channel, lot in lots.items():
        done, rest = _send_lot(channel, lot, until, away)
        sent += done
        _put_back(rest)
    return sent


def _ready(batch: Iterable[Delivery]) -> Iterable[Delivery]:
    """Those that go out now; the others are put where they belong."""
    for delivery in batch:
        match _verdict(delivery):
            case SendNow():
                yield delivery
            case Wait(until):
                _settle(delivery, DeliveryState.QUEUED, next_try_at=until, attempts=delivery.attempts - 1)
            case Hold(until):
                _hold(delivery, until)
            case Skip(reason):
                _settle(delivery, DeliveryState.SKIPPED, error=reason)


def _verdict(delivery: Delivery) -> Verdict | None:
    try:
        return verdict(delivery, delivery.now)  # type: ignore[attr-defined]
    except Exception as error:
        # One that nobody can tell the hour of (a branch in a time zone that is none) holds up no other.
        _give_up(delivery, error)
        return None


@transaction.atomic
def _hold(delivery: Delivery, until: datetime) -> None:
    """Into the digest of `until`, unless the person has asked for another since the batch was claimed."""
    then = delivery.notification.user.notification_settings  # type: ignore[union-attr]
    now = NotificationSettings.objects.select_for_update().filter(pk=then.pk).first()
    if now and all(getattr(now, field) == getattr(then, field) for field in DIGEST_FIELDS):
        _settle(delivery, DeliveryState.HELD, next_try_at=until, attempts=delivery.attempts - 1)
    else:
        _put_back([delivery])


# --- sending ---------------------------------------------------------------------------------------


def _send_lot(channel: str, lot: list[Delivery], until: float, away: set[str]) -> tuple[int, list[Delivery]]:
    """How many went out, and which were not begun."""
    if channel not in CHANNELS:
        # Switched off since: the same stands in the inbox, and told when it is on again it would be stale.
        for delivery in lot:
            _settle(delivery, DeliveryState.SKIPPED, error="channel-off")
        return 0, []
    sent, begun = 0, 0
    try:
        with ExitStack() as open_channels:
            send = open_channels.enter_context(CHANNELS[channel].open())
            for delivery in lot:
                if monotonic() > until:
                    break
                begun += 1
                sent += _send_one(send, delivery)
    except Away as error:
        away.add(channel)
        log.warning("channel_away", channel=channel, error=str(error))
        if begun:  # perhaps this very message is what the server cannot bear: it comes after the others
            _retry(lot[begun - 1], str(error))
    return sent, lot[begun:]


def _send_one(send: Send, delivery: Delivery) -> bool:
    """Raises Away."""
    # Asked now and not when the batch was claimed: its receiver may have been erased meanwhile, or the
    # lease is over and another worker has it.
    if not _mine(delivery).exists():
        return False
    try:
        send(delivery)
    except Rejected as error:
        _settle(delivery, DeliveryState.FAILED, error=str(error))
        _log(delivery, error)
    except Passing as error:
        _retry(delivery, str(error))
        _log(delivery, error)
    except (Away, DatabaseError):
        raise
    except Exception as error:
        # A message that cannot even be put into words stands in nobody's way.
        _give_up(delivery, error)
    else:
        _settle_sent(delivery)
        return True
    return False


def _log(delivery: Delivery, error: Exception) -> None:
    log.warning("message_not_sent", delivery=delivery.pk, kind=delivery.notification.kind, error=str(error))


def _give_up(delivery: Delivery, error: Exception) -> None:
    kind, name = delivery.notification.kind, type(error).__name__
    _settle(delivery, DeliveryState.FAILED, error=name)
    log.error("message_not_written", delivery=delivery.pk, kind=kind, error=name, place=place_of(error))


def _retry(delivery: Delivery, reason: str) -> None:
    """Again after a growing pause; given up when it has been tried for days, as mail servers do."""
    pauses = settings.OUTBOX_PAUSES
    pause = pauses[min(delivery.attempts, len(pauses)) - 1]
    given_up = When(queued_at__lt=Now() - settings.OUTBOX_GIVES_UP, then=Value(DeliveryState.FAILED.value))
    _settle(
        delivery,
        Case(given_up, default=Value(DeliveryState.QUEUED.value)),
        next_try_at=Now() + pause,
        error=reason[:200],
    )


def _settle_sent(delivery: Delivery) -> None:
    """The world has it: say so, again and again while the database is away."""
    until = monotonic() + PERSISTENCE
    while True:
        try:
            _settle(delivery, DeliveryState.SENT, sent_at=Now(), error="")
        except DatabaseError:
            if connection.in_atomic_block or monotonic() > until:
                raise
            connection.close()
            sleep(0.2)
        else:
            return


def _settle(delivery: Delivery, state: Any, **more: Any) -> None:
    """Write the outcome of this very attempt; whoever took the row over meanwhile is not disturbed."""
    more.setdefault("lease_until", None)
    _mine(delivery).update(state=state, **more)
    if kind_of(delivery.notification.kind).personal:
        # A letter that holds a secret is not kept once it is on its way. Who lost the row to another
        # worker leaves its words to that one.
        final = [DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.SKIPPED]
        told = Notification.objects.filter(pk=delivery.notification_id)
        told.filter(deliveries__pk=delivery.pk, deliveries__state__in=final).update(context={})


def _mine(delivery: Delivery) -> DeliveryQuerySet:
    """The row of `delivery` as long as this attempt has it."""
    return Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENDING, attempts=delivery.attempts)


def _put_back(rest: list[Delivery]) -> None:
    """What was claimed and not begun waits as before."""
    for delivery in rest:
        _settle(delivery, DeliveryState.QUEUED, attempts=delivery.attempts - 1)
