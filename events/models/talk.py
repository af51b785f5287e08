"""Talks that leaders and experts of communities give."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.querysets.talk import TalkQuerySet
from hub.approvals import Reviewed


class Talk(Reviewed):
    """`speaker` of `community` spoke about `topic`: at an event of the calendar or on a stage elsewhere.

    The name is for those who check it; the city reads it only while the person shows it themselves.
    """

    branch = models.ForeignKey("hub.Branch", models.PROTECT, related_name="+", db_index=False)
    community = models.ForeignKey("communities.Community", models.PROTECT, related_name="talks")
    speaker = models.CharField(_("кто выступал"), max_length=120)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="talks"
    )
    topic = models.CharField(_("тема"), max_length=200)
    date = models.DateField(_("день"))
    event = models.ForeignKey("events.Event", models.PROTECT, null=True, blank=True, related_name="talks")
    stage = models.CharField(_("где выступали"), max_length=160, blank=True)
    place = models.CharField(_("город и место"), max_length=160, blank=True)
    link = models.URLField(_("ссылка"), blank=True)
    proof = models.ForeignKey("hub.Upload", models.SET_NULL, null=True, blank=True, related_name="+")
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    told_at = models.DateTimeField(auto_now_add=True)

    objects = TalkQuerySet.as_manager()

    class Meta(Reviewed.Meta):
        verbose_name = _("выступление")
        verbose_name_plural = _("выступления")
        constraints = [
            *Reviewed.Meta.constraints,
            # Told of twice it is one talk.
            models.UniqueConstraint(fields=["community", "date", "speaker", "topic"], name="talk_once"),
            models.CheckConstraint(
                condition=Q(event__isnull=False) | (~Q(stage="") & ~Q(place="")), name="talk_somewhere"
            ),
        ]
        indexes = [
            models.Index(
                fields=["branch", "submitted_at"], condition=Q(state="submitted"), name="talk_queue"
            ),
            models.Index(fields=["branch", "date"], condition=Q(state="approved"), name="talk_counted"),
            # In the order in which the proofs of the figure are listed.
            models.Index(
                fields=["branch", "-decided_at", "-id"], condition=Q(state="approved"), name="talk_newest"
            ),
            models.Index(
                fields=["community", "-date"], condition=Q(state="approved"), name="talk_of_community"
            ),
        ]

    def __str__(self) -> str:
        return self.topic
