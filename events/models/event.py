"""Events and who holds them. When they happen, one by one, stands in `Occurrence`."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from communities.choices import Age, Topic
from events.choices import OrganiserState
from events.querysets import EventQuerySet
from events.querysets.event import OrganiserQuerySet
from events.querysets.search import SEARCHED
from hub.approvals import Reviewed


def _codes(enum: type[models.TextChoices], label: str) -> ArrayField:
    return ArrayField(
        models.CharField(max_length=16, choices=enum.choices), verbose_name=label, default=list, blank=True
    )


class Event(Reviewed):
    """Something that happens, once or as a series.

    `starts_at` and `ends_at` are of its first time; `rrule` (RFC 5545, without DTSTART) repeats it by the
    clock of `timezone`, `exdates` leaves times out. An all-day event lasts from midnight to midnight there.
    The public sees it once it is approved; from then on an edit shows at once and leaves a Revision.
    """

    branch = models.ForeignKey("hub.Branch", models.PROTECT, related_name="events")
    slug = models.SlugField(_("адрес"), max_length=100)
    # What calendars know it by, for ever.
    uid = models.CharField(max_length=255, editable=False)
    title = models.CharField(_("название"), max_length=120)
    short = models.CharField(_("коротко"), max_length=200, blank=True)
    description = models.TextField(_("о событии"), max_length=4000, blank=True)
    topics = _codes(Topic, _("темы"))
    ages = _codes(Age, _("для кого"))
    venue = models.ForeignKey(
        "events.Venue",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("площадка"),
    )
    place = models.CharField(_("где именно"), max_length=200, blank=True)
    online_url = models.URLField(_("ссылка на трансляцию"), blank=True)
    cover = models.ForeignKey(
        "hub.Upload", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("обложка")
    )
    # None: nobody has said; calendars of other programs seldom do.
    is_free = models.BooleanField(_("бесплатно"), default=True, null=True)
    price = models.CharField(_("сколько стоит"), max_length=80, blank=True)
    is_state = models.BooleanField(_("государственное"), default=False)
    goal = models.CharField(_("какой цели города служит"), max_length=200, blank=True)

    takes_registrations = models.BooleanField(_("нужна запись"), default=False, db_default=False)
    # Of each date; empty: as many as come.
    capacity = models.PositiveIntegerField(_("сколько мест"), null=True, blank=True)

    starts_at = models.DateTimeField(_("начало"))
    ends_at = models.DateTimeField(_("конец"))
    timezone = models.CharField(max_length=64)
    all_day = models.BooleanField(_("весь день"), default=False)
    rrule = models.CharField(_("повторяется"), max_length=300, blank=True)
    exdates = ArrayField(models.DateTimeField(), default=list, blank=True)
    # Times that no rule says; calendars of other programs have them.
    rdates = ArrayField(models.DateTimeField(), default=list, db_default=[], blank=True, editable=False)
    # The series that this one goes on from a certain date («эта и следующие»).
    follows = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="followed_by")

    sequence = models.PositiveIntegerField(default=0, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancelled_because = models.CharField(_("почему отменено"), max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = EventQuerySet.as_manager()

    class Meta(Reviewed.Meta):
        verbose_name = _("событие")
        verbose_name_plural = _("события")
        constraints = [
            *Reviewed.Meta.constraints,
            models.UniqueConstraint(fields=["branch", "slug"], name="event_slug_once"),
            models.UniqueConstraint(fields=["uid"], name="event_uid_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="event_ends_after_start"),
            models.CheckConstraint(condition=~Q(is_free=True) | Q(price=""), name="event_free_has_no_price"),
        ]
        indexes = [
            models.Index(
                fields=["branch", "submitted_at"], condition=Q(state="submitted"), name="event_queue"
            ),
            models.Index(fields=["decide_by"], condition=Q(state="submitted"), name="event_norm"),
            # The newest, of what feeds are made of.
            models.Index(
                fields=["branch", "decided_at", "id"], condition=Q(state="approved"), name="event_newest"
            ),
            # One in fifty: the administration's desk and a figure read them alone.
            models.Index(fields=["branch", "starts_at"], condition=Q(is_state=True), name="event_of_state"),
            GinIndex(SEARCHED, condition=Q(state="approved"), name="event_search"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("event-detail", args=[self.slug])

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def accepted_communities(self) -> list[int]:
        """Keys of the communities that hold it."""
        rows = self.organisers.filter(state=OrganiserState.ACCEPTED) if self.pk else Organiser.objects.none()
        return sorted(rows.values_list("community_id", flat=True))

    @property
    def most_registered(self) -> int:
        """How many go to the best attended of its dates."""
        return self.occurrences.aggregate(most=Max("going"))["most"] or 0 if self.pk else 0

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def follows_source(self) -> Any:
        """The calendar of another program that it comes from and follows, if it does."""
        imported = getattr(self, "imported", None)
        return imported.source if imported and imported.source.url else None

    @property
    def is_series(self) -> bool:
        return bool(self.rrule or self.rdates)

    @property
    def line(self) -> list[int]:
        """Its own key and, back to the first, those of the series that it goes on from."""
        keys, before = [self.pk], self.follows_id
        while before is not None and before not in keys:
            keys.append(before)
            before = Event.objects.filter(pk=before).values_list("follows", flat=True).first()
        return keys


class Organiser(models.Model):
    """`community` holds `event`, once its people have accepted; the author's community has from the start."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="organisers")
    community = models.ForeignKey("communities.Community", models.PROTECT, related_name="organised")
    state = models.CharField(
        max_length=10, choices=OrganiserState.choices, default=OrganiserState.INVITED, editable=False
    )
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = OrganiserQuerySet.as_manager()

    class Meta:
        verbose_name = _("организатор")
        verbose_name_plural = _("организаторы")
        constraints = [
            models.UniqueConstraint(fields=["event", "community"], name="organiser_once"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="organiser_answered_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} · {self.community_id}"


class TrustedOrganiser(models.Model):
    """A community whose events are published without a look: the coordinator knows it."""

    community = models.OneToOneField(
        "communities.Community", models.CASCADE, related_name="trusted_organiser"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("доверенный организатор")
        verbose_name_plural = _("доверенные организаторы")

    def __str__(self) -> str:
        return str(self.community_id)
