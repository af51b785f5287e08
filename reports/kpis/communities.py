"""Figures of the registry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.choices import Direction, Listing
from communities.models import CensusRecord, CensusRound, Community
from hub.choices import State
from hub.models import District
from reports.kpis.definition import Cut, Kpi

if TYPE_CHECKING:
    from hub.models import Branch


def _round_years(branches: Collection[Branch], year: int) -> dict[int, list[int]]:
    """Year of the round that counts → the branches where it does; a branch without a round is left out."""
    newest = (
        CensusRound.objects.opened()
        .filter(Q(branch__in=branches) | Q(branch=None), year__lte=year)
        .values_list("branch", "year")
    )
    last: dict[int | None, int] = {}
    for branch_pk, round_year in newest:
        last[branch_pk] = max(round_year, last.get(branch_pk, 0))
    grouped: dict[int, list[int]] = defaultdict(list)
    for branch in branches:
        if counting := max(last.get(branch.pk, 0), last.get(None, 0)):
            grouped[counting].append(branch.pk)
    return grouped


def united(branches: Collection[Branch], year: int) -> QuerySet[Community]:
    """Communities whose approved record is not older than the round that was open in `year`."""
    confirmed = Q(pk__in=[])
    for round_year, pks in _round_years(branches, year).items():
        confirmed |= Q(branch__in=pks, current__round__year__gte=round_year)
    return (
        Community.objects.listed()
        .filter(confirmed, current__state=State.APPROVED)
        # A record confirmed without changes keeps its old decision: it counts since it was confirmed.
        .annotate(counted_at=Greatest("current__submitted_at", "current__decided_at"))
        .order_by("-counted_at", "-pk")
    )


def _shown(rows: QuerySet[Community]) -> QuerySet[Community]:
    editions = (
        CensusRecord.objects.once_public()
        .filter(community=OuterRef("pk"))
        .order_by()
        .values("community")
        .annotate(n=Count("pk"))
        .values("n")
    )
    related = ("branch", "current__round", "current__district", "current__decided_by")
    return rows.select_related(*related).annotate(edition=Subquery(editions))


def _cells(community: Community) -> dict[Any, Any]:
    record = community.current
    return {
        _("Сообщество"): record.name,
        _("Направление"): Direction(record.direction).label if record.direction else "",
        _("Район"): record.district.name if record.district else "",
        _("Участников"): record.participants,
        _("Раунд"): record.round.year,
        _("Подтверждено"): timezone.localtime(record.submitted_at).date(),
        _("Одобрено"): timezone.localtime(record.decided_at).date(),
        _("Кем"): str(record.decided_by),
        _("Редакция анкеты"): community.edition,
        _("Адрес страницы"): community.get_absolute_url(),
    }


def districts(branch: Branch) -> list[tuple[str, Any]]:
    return list(District.objects.filter(city__branch=branch).values_list("slug", "name"))


def _listed(branches: Collection[Branch]) -> dict[int, int]:
    listed = Community.objects.listed().filter(branch__in=branches).order_by()
    return {b.pk: 0 for b in branches} | dict(listed.values_list("branch").annotate(n=Count("pk")))


def _work(branch: Branch, rows: QuerySet[Community]) -> dict[str, int]:
    """Records to decide, leaders to remind, imported communities to find a leader for."""
    submitted = CensusRecord.objects.waiting().filter(community=OuterRef("pk")).order_by()
    listed, more = Q(listing=Listing.LISTED), ~Q(pk__in=rows.order_by().values("pk"))
    return (
        Community.objects.in_branch(branch)
        .annotate(waits=Exists(submitted))
        .aggregate(
            waiting=Count("pk", filter=Q(waits=True) & more),
            stale=Count("pk", filter=listed & Q(current__state=State.APPROVED) & more),
            unclaimed=Count("pk", filter=listed & Q(current__state=State.IMPORTED)),
            whole=Count("pk", filter=listed),
        )
    )


communities_united = Kpi(
    code="communities_united",
    name=_("Объединение сообществ"),
    unit=_("сообществ"),
    caption=_("сообществ объединено"),
    definition=_(
        "Сообщество города, анкета которого одобрена координатором и относится к текущему раунду переписи. "
        "Загруженные из таблицы и не подтверждённые лидером не считаются."
    ),
    version=1,
    rows=united,
    shown=_shown,
    proof=lambda community: community.current,
    cells=_cells,
    cuts=(
        Cut(
            "direction",
            _("По направлениям"),
            _("Направление"),
            "current__directions__0",
            lambda branch: Direction.choices,
        ),
        Cut("district", _("По районам"), _("Район"), "current__district__slug", districts),
    ),
    whole=_listed,
    work=_work,
)
