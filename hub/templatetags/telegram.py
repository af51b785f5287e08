"""The bot's block on the page of notification settings."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings

from hub.telegram.linking import Link, link_of
from hub.views.telegram import SEED

register = template.Library()


@register.simple_tag(takes_context=True)
def telegram_link(context: Any) -> Link | None:
    """How the signed-in person stands with the bot; None where there is none."""
    if not settings.TELEGRAM_TOKEN:
        return None
    request = context["request"]
    return link_of(request.user, request.session.get(SEED, ""))
