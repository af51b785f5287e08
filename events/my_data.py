"""What the calendar knows of a person, how it is handed out and erased."""

from __future__ import annotations

from django.utils.translation import gettext as _

from events.actions.registering import leave_all
from events.choices import SourceState
from events.models import (
    Event,
    ImportedEvent,
    Occurrence,
    Organiser,
    PersonalFeed,
    Registration,
    RemoteCalendar,
    TrustedOrganiser,
    Venue,
)
from hub.models import User
from hub.my_data import hold, identifiers, not_personal, scrub

#: Announcements in free words: an organiser may have written their own phone there.
FREE_TEXT = ("title", "short", "description", "place", "price", "cancelled_because")


def _erase(user: User) -> None:
    """Announcements stay with their communities; the person's name and contacts go out of the words."""
    scrub(Event.objects.filter(created_by=user), identifiers(user), *FREE_TEXT)
    scrub(Occurrence.objects.filter(event__created_by=user), identifiers(user), "title", "place", "note")


def _erase_calendars(user: User) -> None:
    """Nobody goes on reading a person's calendar: its address is theirs. What came of it stays with the community."""
    mine = RemoteCalendar.objects.filter(added_by=user)
    mine.filter(state=SourceState.DRAFT).delete()
    for source in mine.exclude(url=""):
        source.delete()
    mine.update(name=_("Из файлов"), content="", refused=[])


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
    hold(
        RemoteCalendar,
        rows=lambda user: RemoteCalendar.objects.filter(added_by=user),
        fields=("added_by", "name", "url", "content", "refused", "added_at"),
        erase=_erase_calendars,
    )
    not_personal(
        RemoteCalendar, "codes and what a web server calls its versions", "error", "etag", "last_modified"
    )
    not_personal(ImportedEvent, "what another program calls an event, and a digest of what it said")
    hold(
        Registration,
        rows=lambda user: Registration.objects.of(user),
        fields=("user", "occurrence", "state", "registered_at", "cancelled_at", "checked_in_at"),
        erase=leave_all,
    )
    not_personal(Registration, "who stood at the door stays as a number", "checked_in_by")
    hold(
        PersonalFeed,
        rows=lambda user: PersonalFeed.objects.filter(user=user),
        fields=("user", "branch", "sources", "filters", "issued_at"),
        erase=lambda user: PersonalFeed.objects.filter(user=user).delete(),
    )
    not_personal(PersonalFeed, "a part of a secret and its one-way hash", "nonce", "token_hash")
    not_personal(TrustedOrganiser, "which coordinator trusts a community stays as a number")
    not_personal(Venue, "places of the city")
