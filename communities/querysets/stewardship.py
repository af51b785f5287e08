"""Reads of contacts, invitations and claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import QuerySet
from django.db.models.functions import Now

from hub.choices import State

if TYPE_CHECKING:
    from hub.models import Branch


class ContactQuerySet(QuerySet):
    def published(self) -> Self:
        return self.filter(is_public=True)


class InvitationQuerySet(QuerySet):
    def usable(self) -> Self:
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=Now())


class ClaimQuerySet(QuerySet):
    def in_branch(self, branch: Branch) -> Self:
        return self.filter(community__branch=branch)

    def waiting(self) -> Self:
        return self.filter(state=State.SUBMITTED).order_by("submitted_at", "pk")
