"""A secret address of one's own calendar: made once, changed, replaced, taken back."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from events.models import CalendarChange, PersonalFeed
from hub.approvals import record_revision
from hub.models import Branch, User


def token_of(feed: PersonalFeed) -> str:
    """The secret of the address (256 bits); "" when SECRET_KEY has changed since: then only a new one can be had."""
    token = _token(feed.nonce)
    return token if constant_time_compare(hash_of(token), feed.token_hash) else ""


def _token(nonce: str) -> str:
    return salted_hmac("events.feed", nonce, algorithm="sha256").hexdigest()


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def feed_of_token(token: str, branch: Branch) -> PersonalFeed | None:
    """Whose calendar the address opens.

    The index is asked for the hash, so how long it looks tells nothing about the token.
    """
    feeds = PersonalFeed.objects.filter(branch=branch, user__is_active=True).select_related("user", "branch")
    return feeds.filter(token_hash=hash_of(token)).first()


def _fresh() -> dict[str, object]:
    nonce = secrets.token_hex(16)
    return {"nonce": nonce, "token_hash": hash_of(_token(nonce)), "issued_at": timezone.now()}


@transaction.atomic
def make_feed(
    branch: Branch, *, sources: Sequence[str], filters: Mapping[str, Sequence[str]], by: User
) -> PersonalFeed:
    """The person's calendar with this in it; there is one a branch, made when it is asked for first."""
    said = {"sources": list(sources), "filters": dict(filters)}
    feed, created = PersonalFeed.objects.get_or_create(user=by, branch=branch, defaults=said | _fresh())
    if created:
        record_revision(feed, "make", by=by)
        return feed
    feed = PersonalFeed.objects.select_for_update().get(pk=feed.pk)
    changed = [name for name, value in said.items() if getattr(feed, name) != value]
    for name in changed:
        setattr(feed, name, said[name])
    if changed:
        feed.save(update_fields=changed)
        record_revision(feed, "change", by=by, changed=changed)
    return feed


@transaction.atomic
def renew_feed(branch: Branch, *, by: User) -> PersonalFeed | None:
    """A new address for the same calendar; the old one opens nothing from now on. None: there is no calendar."""
    feed = PersonalFeed.objects.select_for_update().filter(user=by, branch=branch).first()
    if feed is None:
        return None
    for name, value in _fresh().items():
        setattr(feed, name, value)
    feed.save()
    record_revision(feed, "renew", by=by)
    return feed


@transaction.atomic
def revoke_feed(branch: Branch, *, by: User) -> bool:
    """The address opens nothing from now on; whether there was one."""
    feed = PersonalFeed.objects.select_for_update().filter(user=by, branch=branch).first()
    if feed is None:
        return False
    record_revision(feed, "revoke", by=by)
    feed.delete()
    return True


def forget_changes() -> int:
    """Changes of the calendar that nobody asks about any more; how many."""
    return CalendarChange.objects.forgettable().delete()[0]
