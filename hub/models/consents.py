"""Consents under 152-FZ: rows are only ever added; the newest row of a kind and subject counts."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hub.choices import ConsentKind
from hub.querysets import ConsentQuerySet


class Consent(models.Model):
    """`user` gave (or took back) a consent: which text, when, through what.

    `subject` narrows the kind: for `contact` it names the published contact ("contact:17").
    A trigger refuses UPDATE and DELETE.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=16, choices=ConsentKind.choices)
    subject = models.CharField(max_length=64, blank=True)
    given = models.BooleanField(_("дано"), help_text=_("Нет — согласие отозвано"))
    text_version = models.CharField(max_length=16)
    text_hash = models.CharField(max_length=64)
    channel = models.CharField(max_length=32, help_text=_("Откуда: страница портала"))
    at = models.DateTimeField(auto_now_add=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("согласие")
        verbose_name_plural = _("согласия")
        indexes = [models.Index(fields=["user", "kind", "subject", "-id"], name="consent_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.user_id}"
