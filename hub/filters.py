"""What may be asked of the kernel's tables."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from hub.choices import ChannelCode, DeliveryState
from hub.models import Delivery
from hub.outbox.kinds import KINDS


def ways() -> list[tuple[str, Any]]:
    """Channels that this portal has."""
    off = set() if settings.TELEGRAM_TOKEN else {ChannelCode.TELEGRAM}
    return [(channel.value, channel.label) for channel in ChannelCode if channel not in off]


class DeliveryFilterSet(filters.FilterSet):
    """State, kind, channel and a word of the subject, the name or the address.

    Subjects of sign-in letters are shown to nobody, so no word finds them either.
    """

    q = filters.CharFilter(label=_("Кому или о чём"), method="about", max_length=120)
    state = filters.ChoiceFilter(label=_("Состояние"), choices=DeliveryState.choices, empty_label=_("Любое"))
    kind = filters.ChoiceFilter(
        label=_("Вид"),
        field_name="notification__kind",
        choices=lambda: [(kind.code, kind.label) for kind in KINDS.values()],
        empty_label=_("Любой"),
    )
    channel = filters.ChoiceFilter(label=_("Канал"), choices=ways, empty_label=_("Любой"))

    class Meta:
        model = Delivery
        fields: list[str] = []

    def about(self, rows: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        personal = [kind.code for kind in KINDS.values() if kind.personal]
        return rows.filter(
            (Q(notification__subject__icontains=value) & ~Q(notification__kind__in=personal))
            | Q(notification__email__icontains=value)
            | Q(notification__user__email__icontains=value)
            | Q(notification__user__name__icontains=value)
        )
