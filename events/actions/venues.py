"""Places of the city, as organisers add them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from events.models import Venue
from hub.approvals import record_revision
from hub.models import Branch, User


@transaction.atomic
def add_venue(branch: Branch, said: Mapping[str, Any], *, by: User) -> Venue:
    """The place that is called so; named twice it is one, however its letters are written."""
    known = Venue.objects.filter(branch=branch, name__iexact=said["name"]).first()
    if known:
        return known
    rest = {name: value for name, value in said.items() if name != "name"}
    venue, created = Venue.objects.get_or_create(branch=branch, name=said["name"], defaults=rest)
    if created:
        record_revision(venue, "add", by=by)
    return venue
