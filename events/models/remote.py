"""Calendars of other programs that communities subscribe, and which of our events come from them."""

from __future__ import annotations

import hashlib
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.choices import SourceFault, SourceState
from events.querysets.remote import ImportedEventQuerySet, RemoteCalendarQuerySet
from hub.fetching import Fault


def key_of_link(url: str) -> str:
    """The same for every spelling of a link to the same calendar. One-way: the link may be a secret."""
    parts = urlsplit(url)
    host, path = (parts.hostname or "").removeprefix("www."), unquote(parts.path).rstrip("/")
    port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    said = f"{host}{port}{path}?{parts.query}"
    if host == "calendar.google.com" and path.startswith("/calendar/ical/"):
        # Its public and its secret address differ, the calendar does not.
        said = f"{host}/{path.split('/')[3].lower()}"
    return hashlib.sha256(said.encode()).hexdigest()


class RemoteCalendar(models.Model):
    """A calendar that stands elsewhere and is followed; or, without an address, what a community took from files.

    `content` is what was looked at and not written down yet: of a draft, of one that is just being connected, or
    of a reading that would call off too much. The address may be a secret of its community: nobody else sees
    more of it than the host.
    """

    branch = models.ForeignKey("hub.Branch", models.PROTECT, related_name="+")
    community = models.ForeignKey("communities.Community", models.PROTECT, related_name="remote_calendars")
    url = models.CharField(_("ссылка"), max_length=2000, blank=True)
    # What the link leads to: one community of a branch follows it. Empty for files.
    url_key = models.CharField(max_length=64, default="", db_default="", editable=False)
    name = models.CharField(_("название"), max_length=120)
    state = models.CharField(
        max_length=10, choices=SourceState.choices, default=SourceState.DRAFT, editable=False
    )
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    connected_at = models.DateTimeField(null=True, editable=False)
    content = models.TextField(blank=True, editable=False)

    # How the readings went.
    tried_at = models.DateTimeField(null=True, editable=False)
    ok_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    error = models.CharField(max_length=20, blank=True, editable=False)
    # How many events it has now, how many were left out, and which: [title, day, why].
    taken = models.PositiveIntegerField(default=0, editable=False)
    refused = models.JSONField(default=list, editable=False)

    # When it is read next, and who is at it.
    next_try_at = models.DateTimeField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    # What a source that has nothing new is asked by, and when it was last read in full.
    etag = models.CharField(max_length=400, blank=True, editable=False)
    last_modified = models.CharField(max_length=400, blank=True, editable=False)
    read_in_full_at = models.DateTimeField(null=True, editable=False)

    objects = RemoteCalendarQuerySet.as_manager()

    class Meta:
        verbose_name = _("календарь из другой программы")
        verbose_name_plural = _("календари из других программ")
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "url_key"], condition=~Q(url_key=""), name="remote_calendar_link_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[SourceState.DRAFT, SourceState.LOADING])
                | Q(state=SourceState.FILES, url="")
                | (~Q(state=SourceState.FILES) & ~Q(url="")),
                name="remote_calendar_address",
            ),
        ]
        indexes = [models.Index(fields=["next_try_at"], name="remote_calendar_due")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_followed(self) -> bool:
        """Whether what it says goes on holding: its events are changed there and not here."""
        return bool(self.url)

    @property
    def host(self) -> str:
        """As much of the address as anybody may see."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.")

    @property
    def error_words(self) -> str:
        """What went wrong, for people."""
        known = dict([*Fault.choices, *SourceFault.choices])
        return str(known.get(self.error, ""))


class ImportedEvent(models.Model):
    """Where an event of ours comes from. Its own UID is made once and stays, whatever its source renames."""

    event = models.OneToOneField("events.Event", models.CASCADE, related_name="imported")
    source = models.ForeignKey(RemoteCalendar, models.CASCADE, related_name="imported")
    remote_uid = models.CharField(max_length=255)
    # What the source said last: the same again changes nothing, whatever was done by hand.
    digest = models.CharField(max_length=64)
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True)
    # Where a series that began long before begins for us.
    anchor = models.DateTimeField()
    # Dates that the source has called off; others were called off by hand and stay so.
    called_off = ArrayField(models.DateTimeField(), default=list, blank=True)
    # Called off because its source did; and since when the source has it no more.
    is_called_off = models.BooleanField(default=False)
    left_at = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(null=True)

    objects = ImportedEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("событие из другой программы")
        verbose_name_plural = _("события из других программ")
        constraints = [
            models.UniqueConstraint(fields=["source", "remote_uid"], name="imported_event_once"),
        ]

    def __str__(self) -> str:
        return self.remote_uid
