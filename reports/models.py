"""Indicators, what was planned, what was measured."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.querysets import DatumQuerySet, PlanQuerySet


class Indicator(models.Model):
    """A figure the branch answers for; `code` finds its queryset in reports/kpis."""

    code = models.SlugField(_("код"), unique=True)
    name = models.CharField(_("название"), max_length=120)
    unit = models.CharField(_("единица"), max_length=40)
    definition = models.TextField(_("что считается за единицу"))
    version = models.PositiveSmallIntegerField(_("версия определения"), default=1)
    position = models.PositiveSmallIntegerField(_("порядок"), default=0)
    is_public = models.BooleanField(_("виден всем"), default=True)

    class Meta:
        verbose_name = _("показатель")
        verbose_name_plural = _("показатели")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class Plan(models.Model):
    """How much of an indicator a branch promised for a year."""

    branch = models.ForeignKey("hub.Branch", models.CASCADE, related_name="plans")
    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="plans")
    year = models.PositiveSmallIntegerField(_("год"))
    target = models.PositiveIntegerField(_("план"))

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("план")
        verbose_name_plural = _("планы")
        constraints = [models.UniqueConstraint(fields=["branch", "indicator", "year"], name="plan_once")]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.year}: {self.target}"


class Datum(models.Model):
    """What an indicator was on a day, by which definition it was counted."""

    branch = models.ForeignKey("hub.Branch", models.CASCADE, related_name="+")
    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="data")
    on = models.DateField(_("на день"))
    value = models.PositiveIntegerField(_("значение"))
    version = models.PositiveSmallIntegerField(_("версия определения"))
    measured_at = models.DateTimeField(_("посчитано"), auto_now=True)

    objects = DatumQuerySet.as_manager()

    class Meta:
        verbose_name = _("замер")
        verbose_name_plural = _("замеры")
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["branch", "indicator", "on"], name="datum_once_a_day")]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.on}: {self.value}"
