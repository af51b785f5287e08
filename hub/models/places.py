"""Branches of the Centre, their cities and districts."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from hub.querysets import BranchQuerySet

_hue = [MinValueValidator(0), MaxValueValidator(360)]


class Branch(models.Model):
    """A city branch of the Centre: its host, contacts, norm of moderation and palette."""

    slug = models.SlugField(_("код"), unique=True)
    name = models.CharField(_("название"), max_length=80, help_text=_("Как на знаке: «Сочи»"))
    name_in = models.CharField(_("где"), max_length=90, help_text=_("«в Сочи»"))
    name_of = models.CharField(_("чего"), max_length=90, help_text=_("«Сочи», «Казани»"))
    host = models.CharField(
        _("адрес"),
        max_length=253,
        blank=True,
        help_text=_("Имя хоста, по которому открывается портал отделения"),
        validators=[RegexValidator(r"^[a-z0-9.-]*$", _("Строчные латинские буквы, цифры, точка и дефис"))],
    )
    is_default = models.BooleanField(_("основное"), default=False)
    is_demo = models.BooleanField(_("учебное"), default=False)
    timezone = models.CharField(_("часовой пояс"), max_length=64, default="Europe/Moscow")
    phone = PhoneNumberField(_("телефон"), blank=True)
    email = models.EmailField(_("почта"), blank=True)
    lat = models.FloatField(_("широта центра карты"), default=43.6)
    lng = models.FloatField(_("долгота центра карты"), default=39.73)
    zoom = models.PositiveSmallIntegerField(_("масштаб карты"), default=11)
    norm_days = models.PositiveSmallIntegerField(
        _("норма проверки"), default=3, help_text=_("Сколько рабочих дней есть у координатора")
    )
    hue = models.PositiveSmallIntegerField(_("основной тон"), default=222, validators=_hue)
    accent_hue = models.PositiveSmallIntegerField(_("тон акцента"), default=85, validators=_hue)
    warm_hue = models.PositiveSmallIntegerField(_("тёплый тон"), default=42, validators=_hue)
    land_hue = models.PositiveSmallIntegerField(_("тон суши"), default=155, validators=_hue)
    chroma = models.FloatField(_("сочность"), default=1.0)
    panorama = models.SlugField(
        _("панорама на главной"), blank=True, help_text=_("Имя рисунка; пусто — рельеф")
    )

    objects = BranchQuerySet.as_manager()

    class Meta:
        verbose_name = _("отделение")
        verbose_name_plural = _("отделения")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["host"], condition=~models.Q(host=""), name="branch_host_once"),
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="branch_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def origin(self) -> str:
        """Where the branch's portal is opened: what links in letters begin with."""
        return f"{settings.PORTAL_SCHEME}://{self.host or settings.PORTAL_HOST}{settings.PORTAL_PORT}"

    def clean(self) -> None:
        super().clean()
        if self.timezone not in available_timezones():
            # Django's own words, which are translated.
            raise ValidationError({"timezone": RegexValidator.message})

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class City(models.Model):
    """A city that a branch answers for."""

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="cities", verbose_name=_("отделение"))
    name = models.CharField(_("название"), max_length=80)
    region = models.CharField(_("регион"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("город")
        verbose_name_plural = _("города")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name", "region"], name="city_once")]

    def __str__(self) -> str:
        return self.name


class District(models.Model):
    city = models.ForeignKey(City, models.PROTECT, related_name="districts", verbose_name=_("город"))
    slug = models.SlugField(_("код"))
    name = models.CharField(_("название"), max_length=80)
    position = models.PositiveSmallIntegerField(_("порядок"), default=0)
    lat = models.FloatField(_("широта"))
    lng = models.FloatField(_("долгота"))

    class Meta:
        verbose_name = _("район")
        verbose_name_plural = _("районы")
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(fields=["city", "slug"], name="district_once")]

    def __str__(self) -> str:
        return self.name
