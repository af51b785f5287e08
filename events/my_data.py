"""What the calendar knows of a person, how it is handed out and erased."""

from __future__ import annotations

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actions.registering import leave_all
from events.choices import SourceState
from events.models import (
    CalendarChange,
    Event,
    EventEdit,
    EventWord,
    ImportedEvent,
    Occurrence,
    Organiser,
    PersonalFeed,
    Registration,
    RemoteCalendar,
    StateEventSupport,
    SupportRequest,
    Talk,
    TrustedAdministration,
    TrustedOrganiser,
    Venue,
    WalkIn,
)
from hub.models import User
from hub.my_data import hold, identifiers, mentioning, not_personal, scrub

#: Announcements in free words: an organiser may have written their own phone there.
FREE_TEXT = ("title", "short", "description", "place", "price", "cancelled_because")


def _erase(user: User) -> None:
    """Announcements stay with their communities; the person's name and contacts go out of the words."""
    events, words = Event.objects.filter(created_by=user), identifiers(user)
    dates = Occurrence.objects.filter(event__in=events)
    copied = ("title", "place", "note", "own_title", "own_place")
    told = Q(pk__in=mentioning(events, words, *FREE_TEXT).values("pk"))
    told |= Q(pk__in=mentioning(dates, words, *copied).values("event"))
    touched = list(events.filter(told).values_list("pk", flat=True))
    scrub(events, words, *FREE_TEXT)
    scrub(dates, words, *copied)
    # Feeds are to be read anew: who has them would go on reading the name.
    Event.objects.filter(pk__in=touched).update(changed_at=timezone.now())


def _erase_edits(user: User) -> None:
    """What an event said before may name the person, in any of its words: it is not kept."""
    EventEdit.objects.filter(Q(submitted_by=user) | Q(event__created_by=user)).delete()


def _erase_calendars(user: User) -> None:
    """Nobody goes on reading a person's calendar: its address is theirs. What came of it stays with the community."""
    mine = RemoteCalendar.objects.filter(added_by=user)
    mine.filter(state=SourceState.DRAFT).delete()
    for source in mine.exclude(url=""):
        source.delete()
    mine.update(name=_("Из файлов"), content="", refused=[])


def _supports(user: User) -> QuerySet[StateEventSupport]:
    return StateEventSupport.objects.filter(Q(offered_by=user) | Q(submitted_by=user))


def _erase_supports(user: User) -> None:
    """What a community did stays proven; the person's name and contacts go out of the words."""
    scrub(_supports(user), identifiers(user), "how", "report", "answer", "link")


def _talks(user: User) -> QuerySet[Talk]:
    return Talk.objects.filter(Q(user=user) | Q(told_by=user) | Q(submitted_by=user))


def _erase_talks(user: User) -> None:
    """A talk stays counted; whose it was does not."""
    words = identifiers(user)
    scrub(_talks(user), words, "speaker", "topic", "stage", "place", "link")
    Talk.objects.filter(user=user).update(speaker=Concat(Value("… "), Cast("pk", CharField())), user=None)


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
    not_personal(Occurrence, "copied from the event, or said of one date of it; its erasure cleans both")
    hold(
        EventEdit,
        rows=lambda user: EventEdit.objects.filter(Q(submitted_by=user) | Q(event__created_by=user)),
        fields=("submitted_by", "before", "submitted_at"),
        erase=_erase_edits,
    )
    not_personal(EventEdit, "who decided stays as a number", "decided_by")
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
        RemoteCalendar, "codes, what a web server calls its versions, a one-way hash of the link",
        "error", "etag", "last_modified", "url_key",
    )  # fmt: skip
    not_personal(ImportedEvent, "what another program calls an event, and a digest of what it said")
    hold(
        Registration,
        rows=lambda user: Registration.objects.of(user),
        fields=("user", "occurrence", "state", "registered_at", "cancelled_at", "checked_in_at"),
        erase=leave_all,
    )
    not_personal(Registration, "who stood at the door stays as a number", "checked_in_by")
    hold(
        WalkIn,
        rows=lambda user: WalkIn.objects.filter(added_by=user),
        fields=("added_by", "occurrence", "name", "people", "added_at"),
        erase=lambda user: scrub(WalkIn.objects.all(), identifiers(user), "name"),
    )
    not_personal(WalkIn, "a random word of a form", "token")
    hold(
        PersonalFeed,
        rows=lambda user: PersonalFeed.objects.filter(user=user),
        fields=("user", "branch", "sources", "filters", "issued_at"),
        erase=lambda user: PersonalFeed.objects.filter(user=user).delete(),
    )
    not_personal(PersonalFeed, "a part of a secret and its one-way hash", "nonce", "token_hash")
    not_personal(TrustedOrganiser, "which coordinator trusts a community stays as a number")
    not_personal(Venue, "places of the city")
    not_personal(
        EventWord, "words of published titles; those that an erasure cuts out go with the next count"
    )
    not_personal(CalendarChange, "that something was changed, and when")
    hold(
        StateEventSupport,
        rows=_supports,
        fields=(
            "offered_by",
            "submitted_by",
            "community",
            "event",
            "how",
            "report",
            "link",
            "photo",
            "offered_at",
        ),
        erase=_erase_supports,
    )
    not_personal(
        StateEventSupport,
        "words and decisions of the administration; whoever decided stays as a number",
        "answer", "answered_by", "decided_by",
    )  # fmt: skip
    not_personal(SupportRequest, "what the city asks for; whoever wrote it stays as a number")
    not_personal(TrustedAdministration, "which coordinator trusts the administration stays as a number")
    hold(
        Talk,
        rows=_talks,
        fields=(
            "user", "told_by", "submitted_by", "speaker", "community", "topic", "date", "event", "stage", "place",
            "link", "proof", "told_at",
        ),
        erase=_erase_talks,
    )  # fmt: skip
    not_personal(Talk, "whoever decided stays as a number", "decided_by")
