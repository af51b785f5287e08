"""Meaningful writes of the kernel: roles, a person's profile."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from hub.approvals import record_revision
from hub.choices import RoleKind
from hub.models import Branch, Role, User


@transaction.atomic
def grant_role(user: User, role: RoleKind, branch: Branch | None, *, by: User | None) -> Role:
    """Make `user` `role` of `branch` (federal staff: of none); holding it already changes nothing."""
    held, created = Role.objects.get_or_create(
        user=user, role=role, branch=branch, defaults={"granted_by": by}
    )
    if created:
        record_revision(user, "grant-role", by=by, note=f"{role} {branch.slug if branch else ''}".strip())
    return held


@transaction.atomic
def revoke_role(held: Role, *, by: User | None) -> None:
    """Take a role away; the person's next request is without it."""
    record_revision(
        held.user, "revoke-role", by=by, note=f"{held.role} {held.branch.slug if held.branch else ''}".strip()
    )
    held.delete()


@transaction.atomic
def grant_superuser(user: User, *, by: User | None) -> None:
    """Let `user` into the Django admin (behind the second factor) and everywhere else."""
    if not user.is_superuser:
        user.is_superuser = True
        user.save(update_fields=["is_superuser"])
        record_revision(user, "grant-superuser", by=by)


@transaction.atomic
def save_profile(user: User, answers: dict[str, Any], *, by: User) -> User:
    """Change name, phone, language and theme to what `answers` says."""
    changed = [field for field, value in answers.items() if getattr(user, field) != value]
    for field in changed:
        setattr(user, field, answers[field])
    if changed:
        user.save(update_fields=changed)
        record_revision(user, "save-profile", by=by, changed=changed)
    return user
