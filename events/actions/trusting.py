"""Whose events the city sees without a look: a coordinator has said so, and may take it back."""

from __future__ import annotations

from django.db import transaction

from communities.models import Community
from events.choices import OrganiserState
from events.models import Event, TrustedAdministration, TrustedOrganiser
from hub.approvals import record_revision
from hub.models import User


def truster_of(event: Event, *, but: User) -> User | None:
    """The coordinator who trusts an organiser of the event, or the administration with its own; never `but`,
    as nobody decides on what they sent themselves."""
    trusted = (
        TrustedOrganiser.objects.filter(
            community__organised__event=event, community__organised__state=OrganiserState.ACCEPTED
        )
        .exclude(by=but)
        .select_related("by")
        .first()
    )
    if trusted is not None:
        return trusted.by
    if not event.is_state:
        return None
    whole = TrustedAdministration.objects.filter(branch=event.branch).exclude(by=but).select_related("by")
    administration = whole.first()
    return administration.by if administration else None


@transaction.atomic
def trust(community: Community, *, by: User) -> TrustedOrganiser:
    """From now on the community's events are published without a look."""
    trusted, created = TrustedOrganiser.objects.get_or_create(community=community, defaults={"by": by})
    if created:
        record_revision(community, "trust", by=by)
    return trusted


@transaction.atomic
def distrust(community: Community, *, by: User) -> None:
    """From now on they go through the queue again; what is published stays."""
    if TrustedOrganiser.objects.filter(community=community).delete()[0]:
        record_revision(community, "distrust", by=by)
