"""The append-only trace of every meaningful write."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Revision(models.Model):
    """One move of one row: what was done, by whom, when, why.

    The target is a label and a key ("communities.censusrecord", 412), not a foreign key: the trace
    outlives the row. A trigger refuses UPDATE and DELETE.
    """

    target = models.CharField(max_length=64)
    target_id = models.BigIntegerField()
    action = models.CharField(max_length=32)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    changed = models.JSONField(default=list, help_text=_("Имена изменившихся полей"))
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("запись истории")
        verbose_name_plural = _("история")
        ordering = ["id"]
        indexes = [models.Index(fields=["target", "target_id", "id"], name="revision_of_row")]

    def __str__(self) -> str:
        return f"{self.target}:{self.target_id} {self.action}"
