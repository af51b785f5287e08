"""Whether the city sees a community: in the catalogue, hidden, in the archive."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.actions.review import hold
from communities.actions.search import learn_words
from communities.choices import Listing
from communities.models import Community
from hub.approvals import Refused, record_revision
from hub.choices import State
from hub.models import User

_VERBS = {Listing.LISTED: "list", Listing.UNLISTED: "unlist", Listing.ARCHIVED: "archive"}


@transaction.atomic
def set_listing(community: Community, listing: str, *, by: User) -> str:
    """Show the community to the city, hide it, or put it into the archive; return how it was before.

    Each undoes the others; setting what already is changes nothing. Raises Refused when the community is
    merged or has nothing to show.
    """
    fresh = hold(community.pk)
    before = fresh.listing
    if before == Listing.MERGED:
        raise Refused(_("Это сообщество объединено с другим. Сначала отмените объединение."))
    if before == listing:
        return before
    public = (State.APPROVED, State.IMPORTED)
    if listing == Listing.LISTED and (fresh.current is None or fresh.current.state not in public):
        raise Refused(_("Показывать пока нечего: у сообщества нет принятой записи."))
    fresh.listing = listing
    if listing == Listing.LISTED and fresh.listed_at is None:
        fresh.listed_at = timezone.now()
    fresh.save(update_fields=["listing", "listed_at"])
    record_revision(fresh, _VERBS[Listing(listing)], by=by)
    if listing == Listing.LISTED and fresh.current:
        learn_words(fresh.current)
    return before
