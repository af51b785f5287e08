"""Edits of published events that a coordinator has yet to look at."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.querysets.edit import EventEditQuerySet
from hub.approvals import Reviewed


class EventEdit(Reviewed):
    """What a published event said before somebody whom no coordinator trusts changed it.

    The edit shows at once: residents must not come to the wrong door while it waits. `before` is as the
    coordinator saw it last (column: value); approved, it is let be; returned, the event says it again.
    Further edits of an event that waits join the first.
    """

    event = models.ForeignKey("events.Event", models.CASCADE, related_name="edits")
    branch = models.ForeignKey("hub.Branch", models.PROTECT, related_name="+", db_index=False)
    before = models.JSONField(default=dict)

    objects = EventEditQuerySet.as_manager()

    class Meta(Reviewed.Meta):
        verbose_name = _("правка события")
        verbose_name_plural = _("правки событий")
        constraints = [
            *Reviewed.Meta.constraints,
            models.UniqueConstraint(
                fields=["event"], condition=Q(state="submitted"), name="event_edit_waits_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["branch", "submitted_at"], condition=Q(state="submitted"), name="event_edit_queue"
            ),
            models.Index(fields=["decide_by"], condition=Q(state="submitted"), name="event_edit_norm"),
        ]

    def __str__(self) -> str:
        return str(self.event)
