"""What may be asked of the catalogue: one set of filters for the page, the map and the API."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.contrib.postgres.search import SearchQuery
from django.forms import Field, MultipleHiddenInput
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import BooleanFilter

from communities import choices as ch
from communities.keys import words
from communities.models import Community
from communities.querysets.search import CatalogueQuerySet, words_query
from hub.models import Branch

#: More words than that say nothing more.
MOST_WORDS = 8
#: A value that no option has: too long to be looked at.
LONGEST_VALUE = 60


class SlugsField(Field):
    """Several codes whose list is the branch's own (districts); an unknown one just finds nothing."""

    widget = MultipleHiddenInput

    def clean(self, value: Any) -> list[str]:
        return [code for code in dict.fromkeys(value or []) if code and len(code) <= LONGEST_VALUE][:20]


class SlugsFilter(filters.Filter):
    field_class = SlugsField


class CommunityFilterSet(filters.FilterSet):
    """Groups of options: within a group any of them, between groups all of them."""

    q = filters.CharFilter(label=_("Слова: любая форма, последнее можно не дописывать"), max_length=200)
    direction = filters.MultipleChoiceFilter(label=_("Направление"), choices=ch.Direction.choices)
    topic = filters.MultipleChoiceFilter(label=_("Тема"), choices=ch.Topic.choices)
    district = SlugsFilter(label=_("Район"))
    age = filters.MultipleChoiceFilter(label=_("Для кого"), choices=ch.Age.choices)
    format = filters.MultipleChoiceFilter(label=_("Формат"), choices=ch.Format.choices)
    days = filters.MultipleChoiceFilter(label=_("Когда"), choices=ch.Days.choices)
    language = filters.MultipleChoiceFilter(label=_("Язык"), choices=ch.Language.choices)
    looking = BooleanFilter(label=_("Ищет людей"))
    accessible = BooleanFilter(label=_("Доступно на коляске"))
    confirmed = BooleanFilter(label=_("Подтверждено лидером"))

    class Meta:
        model = Community
        fields: list[str] = []

    def chosen(self) -> dict[str, list[str]]:
        """The valid part of what was chosen, group by group; what makes no sense is left out."""
        self.form.is_valid()
        chosen: dict[str, list[str]] = {}
        for group, value in self.form.cleaned_data.items():
            if group == "q" or value in (None, "", []):
                continue
            chosen[group] = [str(value).lower()] if isinstance(value, bool) else list(value)
        return chosen

    def words(self) -> list[str]:
        """The folded words that are looked for."""
        self.form.is_valid()
        return words(self.form.cleaned_data.get("q") or "", most=MOST_WORDS)

    def query(self, branch: Branch) -> SearchQuery | None:
        asked = self.words()
        return words_query(asked, branch) if asked else None

    def filter_queryset(self, queryset: CatalogueQuerySet) -> CatalogueQuerySet:
        return queryset.chosen(self.chosen()).found_by(self.query(self.request.branch))

    @classmethod
    def options(cls) -> dict[str, list[tuple[str, Any]]]:
        """Group → (value, label) of the groups whose options are the same in every branch."""
        known = {
            name: list(one.extra["choices"])
            for name, one in cls.base_filters.items()
            if isinstance(one, filters.MultipleChoiceFilter)
        }
        flags = [name for name, one in cls.base_filters.items() if isinstance(one, BooleanFilter)]
        return known | {name: [("true", cls.base_filters[name].label)] for name in flags}


def first_page_of(data: MultiValueDict[str, str], **changed: list[str]) -> MultiValueDict[str, str]:
    """The same question with some groups changed, on its first page."""
    asked = data.copy()
    asked.pop("page", None)
    for name, values in changed.items():
        asked.setlist(name, values)
        if not values:
            del asked[name]
    return asked
