"""What may be asked of the calendar: one set of filters for the page, the feeds and the API."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from communities import choices as ch
from communities.filters.catalogue import FlagFilter, SlugsFilter
from events.models import Occurrence
from events.querysets import OccurrenceQuerySet


class OccurrenceFilterSet(filters.FilterSet):
    """Groups of options: within a group any of them, between groups all of them."""

    topic = filters.MultipleChoiceFilter(label=_("Тема"), choices=ch.Topic.choices)
    age = filters.MultipleChoiceFilter(label=_("Для кого"), choices=ch.Age.choices)
    district = SlugsFilter(label=_("Район"))
    community = SlugsFilter(label=_("Сообщество"))
    state = FlagFilter(label=_("Государственное"))
    free = FlagFilter(label=_("Бесплатно"))
    online = FlagFilter(label=_("Онлайн"))

    class Meta:
        model = Occurrence
        fields: list[str] = []

    def chosen(self) -> dict[str, list[str]]:
        """The valid part of what was chosen, group by group; what makes no sense is left out."""
        self.form.is_valid()
        return {
            group: [value] if isinstance(value, str) else list(value)
            for group, value in self.form.cleaned_data.items()
            if value not in (None, "", [])
        }

    def filter_queryset(self, queryset: OccurrenceQuerySet) -> OccurrenceQuerySet:
        return queryset.chosen(self.chosen())

    @classmethod
    def options(cls) -> dict[str, list[tuple[str, Any]]]:
        """Group → (value, label) of the groups whose options are the same in every branch."""
        known = {name: list(cls.base_filters[name].extra["choices"]) for name in ("topic", "age")}
        return known | {name: [("true", cls.base_filters[name].label)] for name in FLAGS}


#: Yes-or-no groups.
FLAGS = ("state", "free", "online")
