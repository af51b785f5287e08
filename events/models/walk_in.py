"""Who came without registering."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

#: So many come together at most; more is a slip of the finger.
MOST_TOGETHER = 50


class WalkIn(models.Model):
    """One guest at the door, or several who came together; a name only if they gave one."""

    occurrence = models.ForeignKey("events.Occurrence", models.PROTECT, related_name="walk_ins")
    name = models.CharField(_("имя"), max_length=120, blank=True)
    people = models.PositiveSmallIntegerField(
        _("сколько человек"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_TOGETHER)]
    )
    # Of the form: sent twice, the guest is one.
    token = models.CharField(max_length=32, unique=True, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("гость без записи")
        verbose_name_plural = _("гости без записи")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(people__gte=1), name="walk_in_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.occurrence_id} · {self.people}"
