"""What is to be told to whom, by what way it goes out, and how each person wants to hear of it.

A `Notification` is written in the caller's transaction and is the line in the person's inbox; each
`Delivery` takes it outside through one channel.
"""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hub.choices import ChannelCode, DeliveryState, DigestRhythm
from hub.querysets import DeliveryQuerySet, NotificationQuerySet, RemindedQuerySet

if TYPE_CHECKING:
    from hub.models import Branch


class Notification(models.Model):
    """One message to one person. `key` makes it once: "census-returned:412:3:u17"."""

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=40)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="notifications"
    )
    email = models.EmailField(blank=True, help_text=_("Адрес того, у кого ещё нет записи на портале"))
    branch = models.ForeignKey("hub.Branch", models.CASCADE, related_name="+")
    subject = models.CharField(max_length=200)
    context = models.JSONField(default=dict, help_text=_("Что подставить в текст"))
    path = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text=_("Куда ведёт кнопка")
    )
    # Told later than that it only confuses; empty: it is never too late.
    too_late_at = models.DateTimeField(null=True)
    in_inbox = models.BooleanField(default=True, db_default=True)
    read_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("уведомление")
        verbose_name_plural = _("уведомления")
        indexes = [
            models.Index(fields=["user", "-id"], condition=Q(in_inbox=True), name="notification_inbox"),
            models.Index(
                fields=["user"], condition=Q(in_inbox=True, read_at=None), name="notification_unread"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) | ~Q(email=""), name="notification_has_receiver"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def url(self) -> str:
        """Where it leads, as a letter needs it: absolute; "" when nowhere."""
        return f"{self.branch.origin}{self.path}" if self.path else ""


class Delivery(models.Model):
    """A notification on its way out through one channel.

    queued ─claim─▶ sending ─▶ sent | failed | skipped; held until its digest's hour, then digested.
    """

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=ChannelCode.choices)
    branch = models.ForeignKey("hub.Branch", models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    # Goes before everything else: somebody sits and waits for it.
    urgent = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(db_default=Now())
    next_try_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)
    digest = models.ForeignKey(Notification, models.SET_NULL, null=True, related_name="members")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("отправка")
        verbose_name_plural = _("отправки")
        constraints = [
            models.UniqueConstraint(fields=["notification", "channel"], name="delivery_once"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="queued"), name="delivery_due"),
            models.Index(
                fields=["next_try_at"], condition=Q(state="queued", urgent=True), name="delivery_urgent"
            ),
            models.Index(fields=["next_try_at"], condition=Q(state="held"), name="delivery_held"),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="delivery_left"),
            models.Index(fields=["branch", "-id"], name="delivery_of_branch"),
            models.Index(fields=["branch", "-id"], condition=Q(state="failed"), name="delivery_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.notification_id} · {self.channel}"


def _quiet(place: int) -> time | None:
    return settings.QUIET_HOURS[place] if settings.QUIET_HOURS else None


def quiet_from() -> time | None:
    return _quiet(0)


def quiet_until() -> time | None:
    return _quiet(1)


class NotificationSettings(models.Model):
    """How a person wants to hear from the portal; who never said has no row and gets the defaults."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_settings"
    )
    timezone = models.CharField(_("часовой пояс"), max_length=64, blank=True)
    quiet_from = models.TimeField(_("тихо с"), null=True, blank=True, default=quiet_from)
    quiet_until = models.TimeField(_("тихо до"), null=True, blank=True, default=quiet_until)
    digest = models.CharField(
        _("как часто"),
        max_length=8,
        choices=DigestRhythm.choices,
        default=DigestRhythm.AT_ONCE,
        blank=True,
    )
    digest_at = models.TimeField(_("час сводки"), default=time(9))
    # "round_reminder:email": this kind does not go out through this channel.
    muted = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    # Raised to make every unsubscribe link written so far worthless.
    link_version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("настройки уведомлений")
        verbose_name_plural = _("настройки уведомлений")

    def __str__(self) -> str:
        return str(self.user_id)

    def zone(self, branch: Branch) -> ZoneInfo:
        """The person's time zone, or else the branch's."""
        return ZoneInfo(self.timezone) if self.timezone else branch.tz

    def mutes(self, kind: str, channel: str) -> bool:
        return f"{kind}:{channel}" in self.muted


class TelegramChat(models.Model):
    """Where the bot writes to a person. Until the one-time code comes back there is no `chat`."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="telegram")
    chat = models.BigIntegerField(null=True, unique=True)
    code_hash = models.CharField(max_length=64, blank=True)
    code_expires_at = models.DateTimeField(null=True)
    linked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("чат в Telegram")
        verbose_name_plural = _("чаты в Telegram")

    def __str__(self) -> str:
        return str(self.user_id)


class Reminded(models.Model):
    """A mark that a reminder of a dated row has been said: each offset of each date once."""

    reminder = models.CharField(max_length=40)
    target = models.BigIntegerField()
    moment = models.DateTimeField()
    minutes = models.IntegerField(help_text=_("Минут от даты, до неё — с минусом"))
    at = models.DateTimeField(db_default=Now())

    objects = RemindedQuerySet.as_manager()

    class Meta:
        verbose_name = _("сказанное напоминание")
        verbose_name_plural = _("сказанные напоминания")
        constraints = [
            models.UniqueConstraint(fields=["reminder", "target", "minutes", "moment"], name="reminded_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reminder}:{self.target}"
