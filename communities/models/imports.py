"""Tables of communities taken into the registry."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from communities.choices import Fate, ImportStage
from communities.querysets import ImportBatchQuerySet, ImportRowQuerySet


class ImportBatch(models.Model):
    """One file: how its columns are read, how far the import has come."""

    branch = models.ForeignKey("hub.Branch", models.PROTECT, related_name="+")
    # A table of the whole country: each row goes to the branch that answers for its city.
    is_national = models.BooleanField(default=False)
    filename = models.CharField(_("файл"), max_length=200)
    # The table as read (rows of cells). The file itself is not kept: it may hold what we did not ask for.
    table = models.JSONField(default=list)
    has_header = models.BooleanField(_("первая строка — заголовки"), default=True)
    mapping = models.JSONField(default=dict, help_text=_("Поле → номер столбца"))
    stage = models.CharField(max_length=10, choices=ImportStage.choices, default=ImportStage.UPLOADED)
    done_rows = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("импорт")
        verbose_name_plural = _("импорты")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.filename


class ImportRow(models.Model):
    """The fate of one row: planned by the dry run, made true by the import."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    # Whose row it is: the branch of its city; the batch's own when the city is nobody's.
    branch = models.ForeignKey("hub.Branch", models.PROTECT, related_name="+")
    # Community.import_key that the row would have: a decision on one row holds for the same row of a later file.
    key = models.CharField(max_length=64, blank=True)
    number = models.PositiveIntegerField(_("строка"))
    values = models.JSONField(default=dict)
    fate = models.CharField(_("что будет"), max_length=10, choices=Fate.choices)
    reason = models.CharField(_("почему"), max_length=300, blank=True)
    community = models.ForeignKey(
        "communities.Community", models.SET_NULL, null=True, blank=True, related_name="import_rows"
    )
    # What the portal could not place by itself (unknown city, a duplicate) waits for a coordinator.
    needs_person = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_once")]
        indexes = [
            models.Index(
                fields=["branch", "key"],
                condition=models.Q(needs_person=True),
                name="import_row_for_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_fate_display()}"

    @property
    def waits_for_city(self) -> bool:
        """Made a community that nobody sees, because nobody knows where it belongs."""
        return (
            self.needs_person
            and self.settled_at is None
            and self.fate == Fate.NEW
            and self.community_id is not None
        )
