"""What the calendar knows of a person, how it is handed out and erased."""

from __future__ import annotations

from events.models import Event, Occurrence, Organiser, TrustedOrganiser, Venue
from hub.models import User
from hub.my_data import hold, identifiers, not_personal, scrub

#: Announcements in free words: an organiser may have written their own phone there.
FREE_TEXT = ("title", "short", "description", "place", "price", "cancelled_because")


def _erase(user: User) -> None:
    """Announcements stay with their communities; the person's name and contacts go out of the words."""
    scrub(Event.objects.filter(created_by=user), identifiers(user), *FREE_TEXT)
    scrub(Occurrence.objects.filter(event__created_by=user), identifiers(user), "title", "place", "note")


def register() -> None:
    """Speak for the tables of this app."""
    hold(
        Event,
        rows=lambda user: Event.objects.filter(created_by=user),
        fields=("created_by", "submitted_by", *FREE_TEXT, "created_at"),
        erase=_erase,
    )
    not_personal(Event, "codes, addresses of pages and rules of repetition; who decided stays as a number",
                 "slug", "uid", "online_url", "goal", "timezone", "rrule", "decided_by")  # fmt: skip
    not_personal(Occurrence, "copied from the event, whose erasure cleans it too")
    hold(
        Organiser,
        rows=lambda user: Organiser.objects.filter(answered_by=user),
        fields=("answered_by", "community", "state", "answered_at"),
    )
    not_personal(TrustedOrganiser, "which coordinator trusts a community stays as a number")
    not_personal(Venue, "places of the city")
