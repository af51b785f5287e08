"""What may be asked of the catalogue: one set of filters for the page, the map and the API."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import django_filters as filters
from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import ValidationError
from django.forms import Field, Form, MultipleHiddenInput
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from communities import choices as ch
from communities.keys import words
from communities.models import Community
from communities.querysets.search import CatalogueQuerySet, words_query
from hub.models import Branch

#: More words than that say nothing more.
MOST_WORDS = 8
LONGEST_QUESTION = 200
MOST_SLUGS = 20
#: What people write before a place: no record is told by them, and a question loses nothing without them.
_NEAR = {"рядом", "около", "возле", "вблизи", "близ", "недалеко", "неподалеку"}
_SLUG = re.compile(r"[-a-zA-Z0-9_]{1,50}")


def _telling(asked: list[str]) -> list[str]:
    """Words without those of nearness: «рядом с Адлером» looks for Adler."""
    telling = [word for word in asked if word not in _NEAR]
    return telling if any(len(word) > 2 for word in telling) else asked


class SlugsField(Field):
    """Several codes whose list is the branch's own (districts, communities); an unknown one just finds nothing."""

    widget = MultipleHiddenInput

    def clean(self, value: Any) -> list[str]:
        codes = list(dict.fromkeys(code for code in value or [] if code))
        if len(codes) > MOST_SLUGS or not all(_SLUG.fullmatch(code) for code in codes):
            raise ValidationError(_("Код — латинские буквы, цифры и дефис; кодов не больше %d.") % MOST_SLUGS)
        return codes


@extend_schema_field(
    {"type": "array", "maxItems": MOST_SLUGS, "items": {"type": "string", "pattern": f"^{_SLUG.pattern}$"}}
)
class SlugsFilter(filters.Filter):
    field_class = SlugsField


class FlagFilter(filters.ChoiceFilter):
    """Yes or no, spelt as in JSON."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("true", _("да")), ("false", _("нет"))], **kwargs)


@extend_schema_field({"type": "string", "maxLength": LONGEST_QUESTION})
class WordsFilter(filters.CharFilter):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_QUESTION, **kwargs)


class CommunityFilterSet(filters.FilterSet):
    """Groups of options: within a group any of them, between groups all of them."""

    q = WordsFilter(label=_("Слова: любая форма, последнее можно не дописывать"))
    direction = filters.MultipleChoiceFilter(label=_("Направление"), choices=ch.Direction.choices)
    topic = filters.MultipleChoiceFilter(label=_("Тема"), choices=ch.Topic.choices)
    district = SlugsFilter(label=_("Район"))
    age = filters.MultipleChoiceFilter(label=_("Для кого"), choices=ch.Age.choices)
    format = filters.MultipleChoiceFilter(label=_("Формат"), choices=ch.Format.choices)
    days = filters.MultipleChoiceFilter(label=_("Когда"), choices=ch.Days.choices)
    language = filters.MultipleChoiceFilter(label=_("Язык"), choices=ch.Language.choices)
    looking = FlagFilter(label=_("Ищет людей"))
    accessible = FlagFilter(label=_("Доступно на коляске"))
    confirmed = FlagFilter(label=_("Подтверждено лидером"))

    class Meta:
        model = Community
        fields: list[str] = []

    @classmethod
    @cache
    def form_class(cls) -> type[Form]:
        """The form of every question: a filter set builds a new one each time, which costs as much as a search."""
        return cls().get_form_class()

    @classmethod
    def read(cls, data: QueryDict) -> tuple[dict[str, list[str]], list[str]]:
        """What was chosen, group by group, and the folded words looked for; what makes no sense is left out."""
        form = cls.form_class()(data)
        form.is_valid()
        chosen: dict[str, list[str]] = {}
        for group, value in form.cleaned_data.items():
            if group == "q" or value in (None, "", []):
                continue
            chosen[group] = [value] if isinstance(value, str) else list(value)
        return chosen, _telling(words(form.cleaned_data.get("q") or "", most=MOST_WORDS))

    def chosen(self) -> dict[str, list[str]]:
        """The valid part of what was chosen."""
        return self.read(self.data)[0]

    def words(self) -> list[str]:
        """The folded words that are looked for."""
        return self.read(self.data)[1]

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
        flags = [name for name, one in cls.base_filters.items() if isinstance(one, FlagFilter)]
        return known | {name: [("true", cls.base_filters[name].label)] for name in flags}
