"""Reads of the kernel's rows, as chainable sentences."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now

from hub.choices import DeliveryState, RoleKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

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
    def inbox_of(self, user: User) -> Self:
        """What the person reads in the portal, the newest first."""
        return self.filter(user=user, in_inbox=True).order_by("-pk")

    def unread(self) -> Self:
        return self.filter(read_at=None)


class DeliveryQuerySet(QuerySet):
    def in_branch(self, branch: Branch) -> Self:
        return self.filter(branch=branch)

    def due(self) -> Self:
        """Queued and ripe by the database's own clock, so that no worker's clock matters."""
        return self.filter(state=DeliveryState.QUEUED, next_try_at__lte=Now())

    def left_behind(self) -> Self:
        """Being sent by a worker whose lease ran out: it died between claim and commit."""
        return self.filter(state=DeliveryState.SENDING, lease_until__lt=Now())

    def ripe_for_digest(self) -> Self:
        """Held, and the hour of their digest has come."""
        return self.filter(state=DeliveryState.HELD, next_try_at__lte=Now())

    def waiting(self) -> Self:
        """Not out yet, and meant to go."""
        return self.filter(state__in=[DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.HELD])

    def of_user(self, user: User) -> Self:
        return self.filter(notification__user=user)

    def newest(self, most: int) -> Self:
        """No more than the last `most` of these: what is looked for among them is found in bounded time."""
        return self.filter(pk__in=self.order_by("-pk").values("pk")[:most])

    def counted(self, branch: Branch) -> dict[str, int]:
        """{state: how many} of what is still to go out in `branch`, or was given up."""
        states = [DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.HELD, DeliveryState.FAILED]
        # One by one, not `IN`: each state has a small index of its own, and nothing else is read.
        one_of = reduce(or_, (Q(state=state) for state in states))
        rows = self.in_branch(branch).filter(one_of).order_by()
        found = dict(rows.values_list("state").annotate(n=Count("pk")))
        return {state.value: found.get(state.value, 0) for state in states}


class RemindedQuerySet(QuerySet):
    def analyse(self) -> None:
        """Tell Postgres how many there are now, after thousands came at once."""
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {self.model._meta.db_table}")

    def mark(self, reminder: str, minutes: int, rows: Iterable[tuple[int, datetime]]) -> set[int]:
        """Mark (target, moment) pairs; the targets that nobody had marked before, also not at this moment."""
        pairs = list(rows)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self.model._meta.db_table}"
                " (reminder, minutes, target, moment)"
                " SELECT %s, %s, * FROM unnest(%s::bigint[], %s::timestamptz[])"
                " ON CONFLICT DO NOTHING RETURNING target",
                [reminder, minutes, [target for target, _ in pairs], [moment for _, moment in pairs]],
            )
            return {target for (target,) in cursor.fetchall()}
