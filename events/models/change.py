"""What caches of the calendar ask: has anything of the branch changed?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.querysets.changes import CalendarChangeQuerySet


class CalendarChange(models.Model):
    """A transaction touched published events of `branch`. Written by the database itself (migration
    0012_calendar_changes), one row each, so that whoever commits is seen from that moment on.

    The last moment of change cannot tell that: of two writers whose commits cross, the one that saved first and
    committed last would hide behind the other.
    """

    branch = models.ForeignKey("hub.Branch", models.CASCADE, related_name="+", db_index=False)
    transaction = models.BigIntegerField()
    at = models.DateTimeField()

    objects = CalendarChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("изменение календаря")
        verbose_name_plural = _("изменения календаря")
        constraints = [
            models.UniqueConstraint(fields=["branch", "transaction"], name="calendar_change_once"),
        ]

    def __str__(self) -> str:
        return f"{self.branch_id} · {self.transaction}"
