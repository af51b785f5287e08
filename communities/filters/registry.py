"""What may be asked of the registry: every column of its table filters, every column sorts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters as filters
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.choices import Direction, Listing
from communities.keys import fold
from communities.models import CensusRound, Community
from hub.choices import State
from hub.models import Branch, District
from hub.templatetags.states import HALF_YEAR, YEAR

NONE = "none"
STATES = [
    (State.APPROVED, _("Одобрено")),
    (State.IMPORTED, _("Не подтверждено")),
    (NONE, _("Ещё не одобряли")),
]
WORK = [
    (State.SUBMITTED, _("На проверке")),
    (State.RETURNED, _("Вернули")),
    (State.DRAFT, _("Черновик")),
    (NONE, _("Ничего")),
]
FRESHNESS = [
    ("fresh", _("До полугода")),
    ("aging", _("До года")),
    ("stale", _("Старше года")),
    (NONE, _("Никогда")),
]
LEADERS = [("some", _("Есть")), (NONE, _("Без лидера"))]

#: Column → what it is sorted by; ties go by name, then by key.
SORTS = {
    "name": "sort_name",
    "listing": "listing",
    "state": "current__state",
    "work": "work",
    "direction": "current__directions",
    "district": "current__district__position",
    "leader": "leader",
    "people": "current__participants",
    "round": "current__round__year",
    "fresh": "current__submitted_at",
}


class RegistryFilterSet(filters.FilterSet):
    """One filter a column; all of them together."""

    q = filters.CharFilter(label=_("Название или лидер"), method="named", max_length=120)
    listing = filters.ChoiceFilter(label=_("Показ"), choices=Listing.choices, empty_label=_("Любой"))
    state = filters.ChoiceFilter(label=_("Запись"), choices=STATES, method="in_state", empty_label=_("Любая"))
    work = filters.ChoiceFilter(label=_("В работе"), choices=WORK, method="in_work", empty_label=_("Неважно"))
    direction = filters.ChoiceFilter(
        label=_("Направление"), choices=Direction.choices, method="of_direction", empty_label=_("Любое")
    )
    district = filters.ModelChoiceFilter(
        label=_("Район"),
        field_name="current__district",
        queryset=District.objects.none(),
        empty_label=_("Любой"),
    )
    leader = filters.ChoiceFilter(label=_("Лидер"), choices=LEADERS, method="led", empty_label=_("Неважно"))
    round = filters.ModelChoiceFilter(
        label=_("Раунд"),
        field_name="current__round",
        queryset=CensusRound.objects.none(),
        empty_label=_("Любой"),
    )
    fresh = filters.ChoiceFilter(
        label=_("Подтверждено"), choices=FRESHNESS, method="as_fresh", empty_label=_("Когда угодно")
    )
    people_min = filters.NumberFilter(
        label=_("Участников от"), field_name="current__participants", lookup_expr="gte"
    )
    people_max = filters.NumberFilter(
        label=_("Участников до"), field_name="current__participants", lookup_expr="lte"
    )

    class Meta:
        model = Community
        fields: list[str] = []

    def __init__(self, data: Any, queryset: QuerySet[Community], *, branch: Branch) -> None:
        super().__init__(data, queryset)
        self.filters["district"].queryset = District.objects.filter(city__branch=branch)
        self.filters["round"].queryset = CensusRound.objects.for_branch(branch)
        self.form.show_optional = False

    @property
    def sort(self) -> str:
        """The chosen order («-fresh»); by name when none is."""
        wanted = (self.data or {}).get("sort", "")
        return wanted if wanted.removeprefix("-") in SORTS else "name"

    @property
    def ordered(self) -> QuerySet[Community]:
        """The rows in that order, what is empty last."""
        column = F(SORTS[self.sort.removeprefix("-")])
        down = self.sort.startswith("-")
        first = column.desc(nulls_last=True) if down else column.asc(nulls_last=True)
        return self.qs.order_by(first, "sort_name", "pk")

    def named(self, rows: QuerySet[Community], name: str, value: str) -> QuerySet[Community]:
        return rows.filter(
            Q(sort_name__contains=value.lower().replace("ё", "е"))
            | Q(leader__icontains=value)
            | Q(current__name_key__contains=fold(value) or value)
        )

    def in_state(self, rows: QuerySet[Community], name: str, value: str) -> QuerySet[Community]:
        return rows.filter(current=None) if value == NONE else rows.filter(current__state=value)

    def in_work(self, rows: QuerySet[Community], name: str, value: str) -> QuerySet[Community]:
        return rows.filter(work=None) if value == NONE else rows.filter(work=value)

    def of_direction(self, rows: QuerySet[Community], name: str, value: str) -> QuerySet[Community]:
        return rows.filter(current__directions__contains=[value])

    def led(self, rows: QuerySet[Community], name: str, value: str) -> QuerySet[Community]:
        return rows.filter(leader__isnull=value == NONE)

    def as_fresh(self, rows: QuerySet[Community], name: str, value: str) -> QuerySet[Community]:
        now = timezone.now()
        half, year = now - timedelta(days=HALF_YEAR), now - timedelta(days=YEAR)
        when = {
            "fresh": Q(current__submitted_at__gte=half),
            "aging": Q(current__submitted_at__lt=half, current__submitted_at__gte=year),
            "stale": Q(current__submitted_at__lt=year),
            NONE: Q(current__submitted_at=None),
        }
        return rows.filter(when[value])
