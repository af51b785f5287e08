"""Events one by one: what a month of the calendar reads, and nothing else."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.querysets import OccurrenceQuerySet
from events.querysets.occurrence import APART


class Occurrence(models.Model):
    """One time that an event happens.

    `was_at` is when the rule says it happens: what calendars call RECURRENCE-ID. What is its own (the times of
    a moved one, a name, a place) stays as it is when the series is written anew. What the calendar shows and
    filters by is copied here, so that a month is one read of one narrow table.
    """

    event = models.ForeignKey("events.Event", models.CASCADE, related_name="occurrences")
    was_at = models.DateTimeField()
    starts_at = models.DateTimeField(_("начало"))
    ends_at = models.DateTimeField(_("конец"))
    is_moved = models.BooleanField(default=False)
    cancelled_at = models.DateTimeField(null=True)
    note = models.CharField(_("что изменилось"), max_length=200, blank=True)
    # None: as its event says. Where the words of the place are its own, `venue` is, too: this one or none.
    own_title = models.CharField(_("название"), max_length=120, null=True)  # noqa: DJ001
    own_place = models.CharField(_("где именно"), max_length=200, null=True)  # noqa: DJ001
    # The rule has no such date any more: it stands, called off, for those who registered.
    is_dropped = models.BooleanField(default=False, db_default=False)
    # Counted anew by whoever changes a registration, under the lock of this row.
    going = models.IntegerField(default=0, db_default=0)
    waiting = models.IntegerField(default=0, db_default=0)
    # Those who came without registering have their seats, too.
    walked_in = models.IntegerField(default=0, db_default=0)

    # Copied from the event: what is listed in the calendar at all, and what it shows.
    branch = models.ForeignKey("hub.Branch", models.CASCADE, related_name="+", db_index=False)
    is_listed = models.BooleanField(default=False)
    day = models.DateField()
    last_day = models.DateField()
    timezone = models.CharField(max_length=64, default="Europe/Moscow", db_default="Europe/Moscow")
    all_day = models.BooleanField(default=False)
    slug = models.SlugField(max_length=100, db_index=False)
    title = models.CharField(max_length=120)
    place = models.CharField(max_length=330, blank=True)
    venue = models.ForeignKey("events.Venue", models.PROTECT, null=True, related_name="+", db_index=False)
    district = models.ForeignKey("hub.District", models.PROTECT, null=True, related_name="+", db_index=False)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    # Where the picture lies that everybody may see.
    cover = models.CharField(max_length=120, blank=True, db_default="")
    topics = ArrayField(models.CharField(max_length=16), default=list)
    ages = ArrayField(models.CharField(max_length=16), default=list)
    communities = ArrayField(models.BigIntegerField(), default=list)
    is_state = models.BooleanField(default=False)
    is_free = models.BooleanField(default=True, null=True)
    is_online = models.BooleanField(default=False)
    takes_registrations = models.BooleanField(default=False, db_default=False)
    capacity = models.IntegerField(null=True)

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("дата события")
        verbose_name_plural = _("даты событий")
        constraints = [
            models.UniqueConstraint(fields=["event", "was_at"], name="occurrence_once"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="occurrence_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(last_day__gte=F("day")), name="occurrence_days_in_order"),
        ]
        indexes = [
            models.Index(
                fields=["branch", "day", "starts_at", "id"],
                condition=Q(is_listed=True),
                name="occurrence_calendar",
            ),
            models.Index(
                fields=["branch", "starts_at", "id"], condition=Q(is_listed=True), name="occurrence_in_time"
            ),
            # Those of several days are few: a month looks for them apart.
            models.Index(
                fields=["branch", "last_day"],
                condition=Q(is_listed=True, last_day__gt=F("day")),
                name="occurrence_long",
            ),
            # What a calendar file says besides the rule.
            models.Index(fields=["event"], condition=APART, name="occurrence_otherwise"),
            # Whom reminders are about, in the order of time.
            models.Index(
                fields=["starts_at"], condition=Q(going__gt=0, cancelled_at=None), name="occurrence_attended"
            ),
            models.Index(
                fields=["venue", "starts_at"], condition=Q(cancelled_at=None), name="occurrence_at_venue"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.starts_at:%d.%m.%Y %H:%M}"

    @property
    def seats_left(self) -> int | None:
        """Never below nothing: a capacity that was lowered throws nobody out. None: as many as come."""
        return None if self.capacity is None else max(0, self.capacity - self.going - self.walked_in)
