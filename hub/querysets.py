"""Reads of the kernel's rows, as chainable sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from hub.choices import NotificationState, RoleKind

if TYPE_CHECKING:
    from hub.models import Branch, User


class BranchQuerySet(QuerySet):
    def for_host(self, host: str) -> Branch | None:
        """The branch whose portal is opened under `host` (no port), else the default one."""
        return self.filter(Q(host=host) | Q(is_default=True)).order_by("is_default").first()


class UserQuerySet(QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True, erased_at=None)

    def holding(self, role: RoleKind, branch: Branch) -> Self:
        """People with `role` in `branch` (federal staff hold theirs everywhere)."""
        return (
            self.active().filter(Q(roles__branch=branch) | Q(roles__branch=None), roles__role=role).distinct()
        )


class ConsentQuerySet(QuerySet):
    def of(self, user: User) -> Self:
        return self.filter(user=user).order_by("-id")


class NotificationQuerySet(QuerySet):
    def due(self) -> Self:
        """Queued and ripe by the database's own clock, so that no worker's clock matters."""
        return self.filter(state=NotificationState.QUEUED, next_try_at__lte=Now())

    def left_behind(self) -> Self:
        """Being sent by a worker whose lease ran out: it died between claim and commit."""
        return self.filter(state=NotificationState.SENDING, lease_until__lt=Now())
