"""Digests: what a person wants to read in one letter, once a day or a week."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse

from hub.choices import ChannelCode, DeliveryState
from hub.models import Delivery, Notification, NotificationSettings
from hub.outbox.kinds import DIGEST
from hub.outbox.timing import next_digest
from hub.outbox.writing import notify

#: People whose digests are composed in one go.
BATCH = 200
#: A longer digest says how much more there is in the inbox.
LONGEST = 30


def compose_digests() -> None:
    """Turn what is held and ripe into one letter for each person and window; twice at once makes one."""
    while users := list(
        Delivery.objects.ripe_for_digest()
        .order_by()
        .values_list("notification__user", flat=True)
        .distinct()[:BATCH]
    ):
        composed = [user for user in users if user and _compose(user)]
        if not composed:  # another worker is at them
            return


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
    held = list(ripe.select_related("notification__branch").annotate(now=Now()).order_by("pk"))
    if not held:
        return True
    branch = held[0].notification.branch
    window = max(delivery.next_try_at for delivery in held).astimezone(wishes.zone(branch))
    key = f"digest:{window:%Y-%m-%dT%H:%M}:u{wishes.user_id}"
    rows = Delivery.objects.filter(pk__in=[delivery.pk for delivery in held])
    if Notification.objects.filter(key=key).exists():
        # Held by a slow worker while the letter was being put together: one letter a window, so the next.
        following = next_digest(held[0].now, wishes.digest, wishes.digest_at, wishes.zone(branch))
        rows.update(next_try_at=following)
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
    rows.update(state=DeliveryState.DIGESTED, digest=Notification.objects.get(key=key))
    return True
