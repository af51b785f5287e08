"""Links of invitations, made anew each time: the database holds only their hashes."""

from django import template
from django.urls import reverse

from communities.actions.stewardship import invitation_token
from communities.models import Invitation
from communities.notifications import link

register = template.Library()


@register.simple_tag
def invitation_link(pk: int) -> str:
    """The absolute address that a letter carries; nothing when the invitation is gone."""
    invitation = Invitation.objects.filter(pk=pk).select_related("community__branch").first()
    if invitation is None:
        return ""
    return link(
        invitation.community.branch, reverse("invitation-accept", args=[invitation_token(invitation)])
    )
