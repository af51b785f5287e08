"""What is to be told to whom: written in the caller's transaction, delivered by Celery."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hub.choices import NotificationState
from hub.querysets import NotificationQuerySet


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
    context = models.JSONField(default=dict, help_text=_("Что подставить в шаблон письма"))
    state = models.CharField(
        max_length=8, choices=NotificationState.choices, default=NotificationState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("уведомление")
        verbose_name_plural = _("уведомления")
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(state="queued"), name="notification_due"),
            models.Index(
                fields=["lease_until"], condition=models.Q(state="sending"), name="notification_left"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=False) | ~models.Q(email=""), name="notification_has_receiver"
            ),
        ]

    def __str__(self) -> str:
        return self.key
