"""Digests: what a person wants to read in one letter, once a day or a week."""

from __future__ import annotations

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models.functions import Now
from django.urls import reverse

from hub.choices import ChannelCode, DeliveryState
from hub.logs import place_of
from hub.models import Delivery, Notification, NotificationSettings
from hub.outbox.kinds import DIGEST
from hub.outbox.timing import next_digest, refusal
from hub.outbox.writing import notify

log = structlog.get_logger(__name__)

#: People whose digests are composed in one go.
BATCH = 200
#: A longer digest says how much more there is in the inbox.
LONGEST = 30
#: What of a person's settings says when their digest goes out.
FIELDS = ("digest", "digest_at", "timezone")


def compose_digests() -> None:
    """Turn what is held and ripe into one letter for each person and window; twice at once makes one."""
    left = set[int]()
    while users := list(
        Delivery.objects.ripe_for_digest()
        .exclude(notification__user__in=left)
        .order_by()
        .values_list("notification__user", flat=True)
        .distinct()[:BATCH]
    ):
        left.update(user for user in users if not _composed(user))


def _composed(user_pk: int) -> bool:
    """Is this person's share done? Otherwise another worker is at it, or the next minute tries again."""
    try:
        return _compose(user_pk)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        # A digest that cannot be composed stands in nobody else's way.
        log.error("digest_not_composed", user=user_pk, error=type(error).__name__, place=place_of(error))
        return False


@transaction.atomic
def _compose(user_pk: int) -> bool:
    wishes = (
        NotificationSettings.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("user")
        .filter(user=user_pk)
        .first()
    )
    if wishes is None:
        return False
    ripe = Delivery.objects.ripe_for_digest().of_user(wishes.user).select_for_update(of=("self",))
    rows = ripe.select_related("notification__branch", "notification__user__notification_settings")
    held = []
    for delivery in rows.annotate(now=Now()).order_by("pk"):
        # What the person has refused, or left behind, since it was held.
        if refused := refusal(delivery, delivery.now):
            Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.SKIPPED, error=refused.reason)
        else:
            held.append(delivery)
    if not held:
        return True
    branch = held[0].notification.branch
    window = max(delivery.next_try_at for delivery in held).astimezone(wishes.zone(branch))
    key = f"digest:{window:%Y-%m-%dT%H:%M}:u{wishes.user_id}"
    members = Delivery.objects.filter(pk__in=[delivery.pk for delivery in held])
    if Notification.objects.filter(key=key).exists():
        # Held by a slow worker while the letter was being put together: one letter a window, so the next.
        following = next_digest(held[0].now, wishes.digest, wishes.digest_at, wishes.zone(branch))
        members.update(next_try_at=following)
        return True
    told = [delivery.notification for delivery in held]
    notify(
        DIGEST,
        key=key,
        branch=branch,
        user=wishes.user,
        context={
            "items": [{"subject": one.subject, "url": one.url} for one in told[:LONGEST]],
            "more": max(0, len(told) - LONGEST),
            "total": len(told),
        },
        path=reverse("inbox"),
        channels=[ChannelCode.EMAIL],
    )
    members.update(state=DeliveryState.DIGESTED, digest=Notification.objects.get(key=key))
    return True
