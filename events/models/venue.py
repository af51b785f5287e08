"""Places where the city meets."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.querysets.venue import VenueQuerySet


class Venue(models.Model):
    """A place that events name, so that two of them at one hour can be told."""

    branch = models.ForeignKey("hub.Branch", models.PROTECT, related_name="venues")
    name = models.CharField(_("название"), max_length=120)
    # In small letters: how people and calendars of other programs call it besides, what its twins were called.
    other_names = ArrayField(
        models.CharField(max_length=120),
        verbose_name=_("другие названия"),
        default=list,
        db_default=[],
        blank=True,
    )
    address = models.CharField(_("адрес"), max_length=200, blank=True)
    district = models.ForeignKey(
        "hub.District", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("район")
    )
    lat = models.FloatField(
        _("широта"), null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    lng = models.FloatField(
        _("долгота"), null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    accessible = models.BooleanField(_("доступно на коляске"), default=False)
    # Several things at one hour get along there: a park, a library. No strong warning then.
    is_roomy = models.BooleanField(_("места хватает нескольким событиям"), default=False)

    objects = VenueQuerySet.as_manager()

    class Meta:
        verbose_name = _("площадка")
        verbose_name_plural = _("площадки")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["branch", "name"], name="venue_once")]

    def __str__(self) -> str:
        return self.name
