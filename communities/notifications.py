"""What is said to whom about communities. Keys make each message once."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from communities.choices import StewardRole
from communities.diff import label
from communities.models import CensusRecord, CensusRound, Claim, Community, Invitation
from hub.models import Branch, User
from hub.outbox import notify


def link(branch: Branch, path: str) -> str:
    """`path` of the branch's portal as a letter needs it: absolute."""
    return f"{branch.origin}{path}"


def _leaders(community: Community) -> list[User]:
    """The leader and the co-leaders: those who may submit."""
    roles = [StewardRole.LEADER, StewardRole.CO_LEADER]
    return [row.user for row in community.stewardships.filter(role__in=roles).select_related("user")]


def tell_approved(record: CensusRecord) -> None:
    """The record is public now."""
    community = record.community
    for user in _leaders(community):
        notify(
            "census_approved",
            key=f"census-approved:{record.pk}:u{user.pk}",
            branch=community.branch,
            user=user,
            subject=_("%(name)s: анкета одобрена") % {"name": record.name},
            context={"name": record.name, "url": link(community.branch, community.get_absolute_url())},
        )


def tell_returned(record: CensusRecord) -> None:
    """The record came back, with a reason for each field."""
    community = record.community
    reasons = [
        {"label": label(decision.field), "reason": decision.reason}
        for decision in record.decisions.filter(accepted=False).order_by("pk")
    ]
    for user in _leaders(community):
        notify(
            "census_returned",
            key=f"census-returned:{record.pk}:{record.submitted_version}:u{user.pk}",
            branch=community.branch,
            user=user,
            subject=_("%(name)s: анкету нужно поправить") % {"name": record.name},
            context={
                "name": record.name,
                "reasons": reasons,
                "url": link(community.branch, reverse("cabinet")),
            },
        )


def tell_claim_decided(claim: Claim) -> None:
    """The claimant leads the community now, or reads why not."""
    community = claim.community
    approved = not claim.reason
    subject = (
        _("Вы — лидер сообщества «%(name)s»") if approved else _("%(name)s: заявление лидера не принято")
    )
    notify(
        "claim_approved" if approved else "claim_returned",
        key=f"claim-decided:{claim.pk}",
        branch=community.branch,
        user=claim.submitted_by,
        subject=subject % {"name": community.name},
        context={
            "name": community.name,
            "reason": claim.reason,
            "url": link(community.branch, reverse("cabinet") if approved else community.get_absolute_url()),
        },
    )


def ask_to_confirm(
    round_: CensusRound,
    branch: Branch,
    leader: User,
    communities: Iterable[Community],
    *,
    key: str,
    again: bool,
) -> None:
    """A round is open: one letter to one leader, about all of their communities."""
    subject = _("Перепись %(year)s: напоминаем о вашей анкете") if again else _("Перепись %(year)s открыта")
    notify(
        "round_reminder" if again else "round_opened",
        key=key,
        branch=branch,
        user=leader,
        subject=subject % {"year": round_.year},
        context={
            "year": round_.year,
            "closes_on": f"{round_.closes_on:%d.%m.%Y}",
            "names": [community.name for community in communities],
            "url": link(branch, reverse("cabinet")),
        },
    )


def invitation_sent(invitation: Invitation) -> None:
    """Write to the invited person. The letter holds the invitation's key; its link is made when it is sent."""
    community = invitation.community
    notify(
        "steward_invitation",
        key=f"steward-invitation:{invitation.pk}",
        branch=community.branch,
        email=invitation.email,
        subject=_("Вас зовут вести сообщество «%(name)s»") % {"name": community.working_name},
        context={
            "name": community.working_name,
            "inviter": str(invitation.created_by),
            "role": invitation.get_role_display().lower(),
            "invitation": invitation.pk,
            "expires_on": f"{invitation.expires_at:%d.%m.%Y}",
        },
    )
