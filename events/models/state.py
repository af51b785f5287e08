"""State events: what help they ask for, who offers it, and how it was given."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.choices import Help, Offer
from events.querysets.state import StateEventSupportQuerySet, SupportRequestQuerySet
from hub.approvals import Reviewed
from hub.choices import State


def _helps(label: str) -> ArrayField:
    return ArrayField(
        models.CharField(max_length=16, choices=Help.choices), verbose_name=label, default=list, blank=True
    )


class SupportRequest(models.Model):
    """What a state event asks the communities of its branch for; they may offer it until the end of a day."""

    event = models.OneToOneField("events.Event", models.CASCADE, related_name="support_request")
    branch = models.ForeignKey("hub.Branch", models.PROTECT, related_name="+", db_index=False)
    kinds = _helps(_("чем помочь"))
    text = models.CharField(_("подробнее"), max_length=600, blank=True)
    until = models.DateField(_("ответить до"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)

    objects = SupportRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("просьба о поддержке")
        verbose_name_plural = _("просьбы о поддержке")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kinds=[]) | ~Q(text=""), name="support_request_says_what_for"
            ),
        ]
        indexes = [models.Index(fields=["branch", "until"], name="support_request_open")]

    def __str__(self) -> str:
        return str(self.event)


class StateEventSupport(Reviewed):
    """A community supports a state event: it offers, the administration answers, and what was done is proven.

    `offer` is the way to the agreement. Once accepted the row goes the way of everything that is reviewed:
    what was done is sent with its proof, a coordinator confirms it, and from then on it counts.
    """

    event = models.ForeignKey("events.Event", models.PROTECT, related_name="supports")
    community = models.ForeignKey("communities.Community", models.PROTECT, related_name="supports")
    branch = models.ForeignKey("hub.Branch", models.PROTECT, related_name="+", db_index=False)
    kinds = _helps(_("чем поможем"))
    how = models.CharField(_("как поможем"), max_length=600)
    people = models.PositiveIntegerField(_("сколько человек"), null=True, blank=True)

    offer = models.CharField(max_length=10, choices=Offer.choices, default=Offer.OFFERED, editable=False)
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(_("ответ администрации"), max_length=300, blank=True)

    report = models.CharField(_("что сделали"), max_length=1000, blank=True)
    link = models.URLField(_("ссылка"), blank=True)
    photo = models.ForeignKey("hub.Upload", models.SET_NULL, null=True, blank=True, related_name="+")

    objects = StateEventSupportQuerySet.as_manager()

    class Meta(Reviewed.Meta):
        verbose_name = _("поддержка события")
        verbose_name_plural = _("поддержка событий")
        constraints = [
            *Reviewed.Meta.constraints,
            models.UniqueConstraint(fields=["event", "community"], name="support_once"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="support_answered_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(offer__in=[Offer.ACCEPTED, Offer.DECLINED]) | Q(answered_at__isnull=False),
                name="support_answered_when_settled",
            ),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT) | Q(offer=Offer.ACCEPTED), name="support_proven_once_accepted"
            ),
        ]
        indexes = [
            models.Index(
                fields=["branch", "submitted_at"], condition=Q(state="submitted"), name="support_queue"
            ),
            models.Index(fields=["branch", "offered_at"], condition=Q(offer="offered"), name="support_waits"),
            models.Index(
                fields=["event", "decided_at"], condition=Q(state="approved"), name="support_confirmed"
            ),
            # Of whom a proof is still due.
            models.Index(
                fields=["event"],
                condition=Q(offer="accepted", state__in=["draft", "returned"]),
                name="support_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} — {self.community}"

    @property
    def is_settled(self) -> bool:
        """Nothing more is to be agreed on."""
        return self.offer in (Offer.DECLINED, Offer.WITHDRAWN)


class TrustedAdministration(models.Model):
    """A branch whose administration publishes state events without a look: a coordinator has said so."""

    branch = models.OneToOneField("hub.Branch", models.CASCADE, related_name="trusted_administration")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("доверие администрации")
        verbose_name_plural = _("доверие администрации")

    def __str__(self) -> str:
        return str(self.branch_id)
