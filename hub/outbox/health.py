"""How the outbox is doing, in numbers; and what it may forget."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Q
from django.db.models.functions import Now

from hub.choices import DeliveryState
from hub.models import Delivery, Notification, Reminded

_DAY = timedelta(days=1)
#: What was said longer ago is nobody's business any more.
KEPT = 365 * _DAY


def measured() -> dict[str, int]:
    """{"queued": ripe and not out, "lag_seconds": of the oldest, "sending": held, "failed_day": given up}."""
    waited = ExpressionWrapper(Now() - F("next_try_at"), output_field=DurationField())
    due = Delivery.objects.due().aggregate(n=Count("pk"), lag=Max(waited))
    others = Delivery.objects.filter(state__in=[DeliveryState.SENDING, DeliveryState.FAILED]).aggregate(
        sending=Count("pk", filter=Q(state=DeliveryState.SENDING)),
        failed=Count("pk", filter=Q(state=DeliveryState.FAILED, next_try_at__gt=Now() - _DAY)),
    )
    return {
        "queued": due["n"],
        "lag_seconds": max(0, round(due["lag"].total_seconds())) if due["lag"] else 0,
        "sending": others["sending"],
        "failed_day": others["failed"],
    }


def forget_old() -> None:
    """Remove messages of long ago, their deliveries with them, and marks whose windows are closed."""
    Notification.objects.filter(created_at__lt=Now() - KEPT).delete()
    Reminded.objects.filter(at__lt=Now() - KEPT, moment__lt=Now() - KEPT).delete()
