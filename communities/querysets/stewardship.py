"""Reads of contacts, invitations and claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat, Now

from hub.choices import ConsentKind, State
from hub.models import Consent

if TYPE_CHECKING:
    from hub.models import Branch


class ContactQuerySet(QuerySet):
    def published(self) -> Self:
        """What everybody may see: shown, and the person's newest consent for this very contact says yes."""
        consent = (
            Consent.objects.filter(
                user=OuterRef("stewardship__user"),
                kind=ConsentKind.CONTACT,
                subject=Concat(Value("contact:"), Cast(OuterRef("pk"), CharField())),
            )
            .order_by("-id")
            .values("given")[:1]
        )
        return self.filter(is_public=True).alias(consented=Subquery(consent)).filter(consented=True)


class InvitationQuerySet(QuerySet):
    def usable(self) -> Self:
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=Now())


class ClaimQuerySet(QuerySet):
    def in_branch(self, branch: Branch) -> Self:
        return self.filter(community__branch=branch)

    def waiting(self) -> Self:
        return self.filter(state=State.SUBMITTED).order_by("submitted_at", "pk")
