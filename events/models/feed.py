"""A calendar of one's own under a secret address."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class PersonalFeed(models.Model):
    """What a person's own calendar is made of, and the hash of the address that opens it.

    The address is made of `nonce` and SECRET_KEY (events/actions/feeds.py): its owner can be shown it again,
    the database alone opens nothing.
    """

    branch = models.ForeignKey("hub.Branch", models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feeds")
    nonce = models.CharField(max_length=32, editable=False)
    token_hash = models.CharField(max_length=64, editable=False)
    issued_at = models.DateTimeField(editable=False)
    #: Codes of events/querysets/feeds.py.
    sources = ArrayField(models.CharField(max_length=16), default=list)
    #: Of the city's calendar: group of filters → codes, as in the address of its page.
    filters = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("личный календарь")
        verbose_name_plural = _("личные календари")
        constraints = [
            models.UniqueConstraint(fields=["user", "branch"], name="feed_once"),
            models.UniqueConstraint(fields=["token_hash"], name="feed_token_once"),
        ]

    def __str__(self) -> str:
        return str(self.user_id)
