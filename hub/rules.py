"""Predicates about people and branches that every app's permission table is made of."""

from __future__ import annotations

from typing import Any

import rules

from hub.choices import RoleKind
from hub.models import Branch


def branch_of(obj: Any) -> Any:
    """The branch a row belongs to: its own, or what it hangs on says so through `branch_id`."""
    return obj if isinstance(obj, Branch) or obj is None else obj.branch_id


def _holder(role: RoleKind, name: str) -> rules.Predicate:
    @rules.predicate(name=name)
    def holds(user: Any, obj: Any) -> bool:
        return user.is_authenticated and obj is not None and user.holds(role, branch_of(obj))

    return holds


is_coordinator = _holder(RoleKind.COORDINATOR, "is_coordinator")
is_administration = _holder(RoleKind.ADMINISTRATION, "is_administration")
is_analyst = _holder(RoleKind.ANALYST, "is_analyst")
is_federal = _holder(RoleKind.FEDERAL, "is_federal")
is_staff_of_branch = is_coordinator | is_administration | is_analyst | is_federal


@rules.predicate
def is_submitter(user: Any, row: Any) -> bool:
    return row is not None and user.pk is not None and row.submitted_by_id == user.pk


@rules.predicate
def is_owner(user: Any, row: Any) -> bool:
    return row is not None and user.pk is not None and row.owner_id == user.pk


def widen(perm: str, predicate: rules.Predicate) -> None:
    """Let those of `predicate` pass `perm` too: how an app above adds to a permission of the kernel."""
    rules.set_perm(perm, rules.permissions.permissions[perm] | predicate)


rules.add_perm("hub.view_styleguide", is_staff_of_branch)
rules.add_perm("hub.view_outbox", is_coordinator)
rules.add_perm("hub.view_upload", is_owner)  # a private file; apps widen it for what they keep in it
