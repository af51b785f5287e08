"""The people and things of the permission table: one small city, and its neighbour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from communities.choices import StewardRole
from communities.models import Claim, Invitation
from hub.choices import RoleKind, State
from hub.models import User
from tests import factories as f

#: The columns of the table, in this order.
ROLES = ["anonymous", "member", "other", "leader", "foreign", "coordinator", "official", "federal"]


@dataclass
class Cast:
    people: dict[str, User | None] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)


def make_cast() -> Cast:
    """Everybody of ROLES, and a thing of each kind, all of branch «Сочи».

    `leader` leads the community of every record here; `other` leads another one; `foreign` is a
    coordinator of another branch.
    """
    branch = f.BranchFactory()
    cast = Cast()
    leader = f.UserFactory()
    cast.people = {
        "anonymous": None,
        "member": f.UserFactory(),
        "other": f.UserFactory(),
        "leader": leader,
        "foreign": f.coordinator(f.BranchFactory(slug="kazan", name="Казань", name_in="в Казани")),
        "coordinator": f.coordinator(branch),
        "official": f.staff(RoleKind.ADMINISTRATION, branch),
        "federal": f.staff(RoleKind.FEDERAL),
    }
    public = f.approved(leader)
    draft = f.draft(leader)
    waiting = f.submitted(leader)
    imported = f.imported()
    f.draft(cast.people["other"])
    claim = Claim.objects.create(
        community=imported.community,
        text="Веду с основания",
        state=State.SUBMITTED,
        submitted_by=cast.people["other"],
        submitted_at=waiting.submitted_at,
    )
    helper = f.StewardshipFactory(community=public.community, role=StewardRole.CO_LEADER)
    invitation = Invitation.objects.create(
        community=public.community, token_hash="0" * 64, created_by=leader, expires_at="2100-01-01T00:00Z"
    )
    cast.things = {
        "public": public.community.slug,
        "imported": imported.community.slug,
        "draft": draft.pk,
        "waiting": waiting.pk,
        "approved": public.pk,
        "community": public.community.pk,
        "claim": claim.pk,
        "helper": helper.pk,
        "invitation": invitation.pk,
        "round": public.round.pk,
    }
    return cast
