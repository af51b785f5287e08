"""Reads of contacts, invitations and claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat, JSONObject, Now

from communities.choices import Listing
from hub.choices import ConsentKind, State
from hub.models import Consent

if TYPE_CHECKING:
    from datetime import datetime

    from hub.models import Branch, User


class StewardshipQuerySet(QuerySet):
    def of(self, user: User, branch: Branch) -> Self:
        """What `user` answers for in `branch`, with all that the cabinet shows of it; the oldest first.

        `open_invitations` are dicts: email, role, expires_at as text.
        """
        invitations = (
            self.model._meta.get_field("community").related_model._meta.get_field("invitations").related_model
        )
        usable = invitations.objects.usable().filter(community=OuterRef("community")).order_by("pk")
        told = JSONObject(email="email", role="role", expires_at="expires_at")
        return (
            self.filter(user=user, community__branch=branch)
            .exclude(community__listing=Listing.MERGED)
            .select_related("community__branch", "community__current__round", "community__current__logo")
            .annotate(open_invitations=ArraySubquery(usable.values(told=told)))
            .order_by("since", "pk")
        )


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

    def told_to(self, user: User, branch: Branch, *, since: datetime) -> Self:
        """Claims of `user` that wait, or were decided after `since`; the newest first."""
        mine = self.in_branch(branch).filter(submitted_by=user).select_related("community__current")
        return mine.filter(Q(state=State.SUBMITTED) | Q(state=State.RETURNED, decided_at__gt=since)).order_by(
            "-pk"
        )

    def waiting(self) -> Self:
        return self.filter(state=State.SUBMITTED).order_by("submitted_at", "pk")
