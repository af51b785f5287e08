"""A community's identity; what it says of itself stands in its census records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from communities.choices import SPEAKING, Listing
from communities.querysets import CommunityQuerySet

if TYPE_CHECKING:
    from hub.models import User


class Community(models.Model):
    """Who it is: branch, address, listing, and which record the public sees.

    `current` is the approved (or imported) record shown to the public; only actions move it.
    """

    branch = models.ForeignKey(
        "hub.Branch", models.PROTECT, related_name="communities", verbose_name=_("отделение")
    )
    slug = models.SlugField(_("адрес"), max_length=80)
    listing = models.CharField(_("показ"), max_length=10, choices=Listing.choices, default=Listing.UNLISTED)
    current = models.OneToOneField(
        "communities.CensusRecord", models.PROTECT, null=True, blank=True, related_name="shown_for"
    )
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    # Normalised name and city of an imported row: importing the same table again finds the same community.
    import_key = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(_("заведено"), auto_now_add=True)
    listed_at = models.DateTimeField(_("в каталоге с"), null=True, blank=True)

    objects = CommunityQuerySet.as_manager()

    class Meta:
        verbose_name = _("сообщество")
        verbose_name_plural = _("сообщества")
        constraints = [
            models.UniqueConstraint(fields=["branch", "slug"], name="community_slug_once"),
            models.UniqueConstraint(
                fields=["branch", "import_key"], condition=~Q(import_key=""), name="community_imported_once"
            ),
            models.CheckConstraint(
                condition=Q(listing=Listing.MERGED, merged_into__isnull=False)
                | (~Q(listing=Listing.MERGED) & Q(merged_into=None)),
                name="community_merged_into_something",
            ),
            models.CheckConstraint(
                condition=~Q(listing=Listing.LISTED) | Q(current__isnull=False, listed_at__isnull=False),
                name="community_listed_has_record",
            ),
        ]
        indexes = [
            # The catalogue's order (newest first), its keyset pages, and which record each shows.
            models.Index(
                fields=["branch", "-listed_at", "-id"],
                include=["current"],
                condition=Q(listing="listed"),
                name="community_shown",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("community-detail", args=[self.slug])

    @property
    def name(self) -> str:
        return self.current.name if self.current else self.slug

    @property
    def working_name(self) -> str:
        """The name for its own people, who see it before the city does."""
        record = self.current or self.records.order_by("-pk").first()
        return str(record or self.slug)

    @property
    def speakers(self) -> list[User]:
        """Those who speak for it: the leader and the co-leaders."""
        rows = self.stewardships.filter(role__in=SPEAKING).select_related("user")
        return [row.user for row in rows.order_by("pk")]


class FormerSlug(models.Model):
    """An address the community had once; it redirects for ever."""

    branch = models.ForeignKey("hub.Branch", models.CASCADE, related_name="+")
    slug = models.SlugField(max_length=80)
    community = models.ForeignKey(Community, models.CASCADE, related_name="former_slugs")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["branch", "slug"], name="former_slug_once")]

    def __str__(self) -> str:
        return self.slug


class NotDuplicate(models.Model):
    """A coordinator looked at two communities and said they are different. `first` has the lower key."""

    first = models.ForeignKey(Community, models.CASCADE, related_name="+")
    second = models.ForeignKey(Community, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="not_duplicate_once"),
            models.CheckConstraint(condition=Q(first__lt=models.F("second")), name="not_duplicate_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}"


class Merge(models.Model):
    """`source` went into `target`. `before` holds what undo puts back."""

    source = models.ForeignKey(Community, models.PROTECT, related_name="merges_out")
    target = models.ForeignKey(Community, models.PROTECT, related_name="merges_in")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    before = models.JSONField(default=dict)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("объединение")
        verbose_name_plural = _("объединения")
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=Q(undone_at=None), name="merge_source_once"),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="merge_undone_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"
