"""The registry as coordinators read it: one line a community, with what the table shows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Lower, NullIf, Replace

from communities.choices import StewardRole

if TYPE_CHECKING:
    from hub.models import Branch

_NONE = Value("")


def registry_rows(branch: Branch, *, everything: bool) -> QuerySet:
    """Communities of `branch` with `leader`, `work` (state of the record in work) and `shown_name`.

    `everything` is for coordinators; other staff see what has been public, and of leaders only those who
    show their name to all.
    """
    leaders = apps.get_model("communities", "Stewardship").objects.filter(
        community=OuterRef("pk"), role=StewardRole.LEADER
    )
    if not everything:
        leaders = leaders.filter(is_public=True)
    work = apps.get_model("communities", "CensusRecord").objects.in_work().filter(community=OuterRef("pk"))
    called = Coalesce(NullIf(F("user__name"), _NONE), F("user__email"), output_field=CharField())
    rows = (
        apps.get_model("communities", "Community")
        .objects.in_branch(branch)
        .select_related("current__district", "current__city", "current__round", "merged_into")
        .defer(
            "current__description", "current__goals", "current__dream", "current__search", "current__keywords"
        )
        .annotate(
            leader=Subquery(leaders.values(called=called)[:1]),
            work=Subquery(work.values("state")[:1]),
            work_pk=Subquery(work.values("pk")[:1]),
            shown_name=Coalesce(
                F("current__name"),
                NullIf(Subquery(work.values("name")[:1]), _NONE),
                F("slug"),
                output_field=CharField(),
            ),
        )
        .annotate(sort_name=Replace(Lower("shown_name"), Value("ё"), Value("е")))
    )
    return rows if everything else rows.filter(current__isnull=False)
