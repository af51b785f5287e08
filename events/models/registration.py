"""Who comes: one row for each time that a person registers for a date."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.choices import RegistrationState
from events.querysets import RegistrationQuerySet


class Registration(models.Model):
    """`user` comes to `occurrence`, or waits for a seat there in the order of the keys.

    Withdrawn, the row stays as history; whoever comes back begins a new one at the end of the line.
    A date that somebody has registered for cannot be deleted.
    """

    occurrence = models.ForeignKey("events.Occurrence", models.PROTECT, related_name="registrations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="registrations")
    state = models.CharField(_("состояние"), max_length=10, choices=RegistrationState.choices, editable=False)
    registered_at = models.DateTimeField(_("когда"), auto_now_add=True)
    # The person has known of seat and time since then: reminders of earlier moments are pointless.
    knows_since = models.DateTimeField()
    promoted_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    checked_in_at = models.DateTimeField(_("пришёл"), null=True)
    checked_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("запись на событие")
        verbose_name_plural = _("записи на события")
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence", "user"],
                condition=Q(cancelled_at=None),
                name="registration_live_once",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | Q(state__in=["going", "waiting"], cancelled_at=None),
                name="registration_cancelled_when",
            ),
            models.CheckConstraint(
                condition=Q(checked_in_at=None, checked_in_by=None)
                | Q(state="going", checked_in_at__isnull=False, checked_in_by__isnull=False),
                name="registration_checked_in_who_and_when",
            ),
        ]
        indexes = [
            models.Index(fields=["occurrence", "state", "id"], name="registration_in_turn"),
            models.Index(fields=["user"], condition=Q(cancelled_at=None), name="registration_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.occurrence_id} · {self.user_id}"

    @property
    def is_live(self) -> bool:
        return self.state != RegistrationState.CANCELLED
