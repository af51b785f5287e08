"""Reads of talks, as sentences in the users' words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db.models import CharField, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from hub.choices import ConsentKind, State
from hub.models import Consent

if TYPE_CHECKING:
    from hub.models import Branch, User


class TalkQuerySet(QuerySet):
    def in_branch(self, branch: Branch) -> Self:
        return self.filter(branch=branch)

    def submitted(self) -> Self:
        return self.filter(state=State.SUBMITTED)

    def confirmed(self) -> Self:
        """Those that count: a coordinator has seen the proof."""
        return self.filter(state=State.APPROVED)

    def worked_on_by(self, user: User, branch: Branch) -> Self:
        """Those of the communities that the person works for."""
        return self.in_branch(branch).filter(community__stewardships__user=user)

    def with_public_names(self) -> Self:
        """With `shows_name`: the speaker shows their name in this community, by their own living consent."""
        consent = (
            Consent.objects.filter(
                user=OuterRef("user"),
                kind=ConsentKind.CONTACT,
                subject=Concat(Value("name:"), Cast(OuterRef("pk"), CharField())),
            )
            .order_by("-id")
            .values("given")[:1]
        )
        shown = (
            apps.get_model("communities", "Stewardship")
            .objects.filter(user=OuterRef("user"), community=OuterRef("community"), is_public=True)
            .alias(consented=Subquery(consent))
            .filter(consented=True)
        )
        return self.annotate(shows_name=Exists(shown))

    def whole(self) -> Self:
        """With all that a page says of each."""
        return self.select_related(
            "event__venue", "community__current", "branch", "submitted_by", "decided_by", "told_by", "proof"
        )
