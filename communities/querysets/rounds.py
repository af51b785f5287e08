"""How far a round has come in a branch, and how fresh what the city reads is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from communities.choices import Listing, StewardRole
from hub.choices import State

if TYPE_CHECKING:
    from communities.models import CensusRound
    from hub.models import Branch

#: Days that an answer is fresh, and that it is merely ageing.
FRESH, AGEING = 183, 366


def coverage(branch: Branch, round_: CensusRound) -> dict[str, int]:
    """{"listed", "confirmed", "percent", "fresh", "aging", "stale", "never"} of listed communities; one query."""
    now = timezone.now()
    half, year = now - timedelta(days=FRESH), now - timedelta(days=AGEING)
    when = F("current__submitted_at")
    listed = apps.get_model("communities", "Community").objects.in_branch(branch).listed()
    counts = listed.annotate(when=when).aggregate(
        listed=Count("pk"),
        confirmed=Count("pk", filter=Q(current__state=State.APPROVED, current__round__year__gte=round_.year)),
        fresh=Count("pk", filter=Q(when__gte=half)),
        aging=Count("pk", filter=Q(when__lt=half, when__gte=year)),
        stale=Count("pk", filter=Q(when__lt=year)),
        never=Count("pk", filter=Q(when=None)),
    )
    return counts | {"percent": counts["confirmed"] * 100 // counts["listed"] if counts["listed"] else 0}


def silent(branch: Branch, round_: CensusRound) -> QuerySet:
    """Listed communities that have not answered, with `leader` (name) and `work` (state of the record in work)."""
    leaders = apps.get_model("communities", "Stewardship").objects.filter(
        community=OuterRef("pk"), role=StewardRole.LEADER
    )
    work = apps.get_model("communities", "CensusRecord").objects.in_work().filter(community=OuterRef("pk"))
    return (
        apps.get_model("communities", "Community")
        .objects.in_branch(branch)
        .not_confirmed_in(round_)
        .with_record()
        .select_related("current__round")
        .annotate(
            leader=Subquery(leaders.values("user__name")[:1]),
            leader_email=Subquery(leaders.values("user__email")[:1]),
            work=Subquery(work.values("state")[:1]),
        )
        .order_by(F("current__submitted_at").asc(nulls_first=True), "pk")
    )


def rounds_with_coverage(branch: Branch) -> QuerySet:
    """Rounds of `branch`, newest first, with `answered`: communities that answered in this very round."""
    records = (
        apps.get_model("communities", "CensusRecord")
        .objects.in_branch(branch)
        .once_public()
        .exclude(community__listing=Listing.MERGED)
        .filter(round=OuterRef("pk"))
        .order_by()
        .values("round")
        .annotate(n=Count("community", distinct=True))
    )
    return (
        apps.get_model("communities", "CensusRound")
        .objects.for_branch(branch)
        .annotate(answered=Subquery(records.values("n")))
        .order_by("-year", "branch")
    )
