"""What every template may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from hub.choices import Theme
from hub.models import Notification


@dataclass(frozen=True)
class LowVision:
    """The low-vision version as chosen in this browser (cookie `a11y`, e.g. "large.contrast.wide.noimages")."""

    size: str = ""
    contrast: str = ""
    spacing: str = ""
    images: str = ""

    @classmethod
    def from_cookie(cls, value: str) -> LowVision:
        on = set(value.split("."))
        return cls(
            size=next((s for s in ("large", "huge") if s in on), ""),
            contrast="high" if "contrast" in on else "",
            spacing="wide" if "wide" in on else "",
            images="none" if "noimages" in on else "",
        )


def _unread(user: Any) -> int:
    """How many notifications wait to be read; more than a hundred is just many."""
    if user is None or not user.is_authenticated:
        return 0
    return Notification.objects.inbox_of(user).unread().order_by()[:100].count()


def page(request: HttpRequest) -> dict[str, Any]:
    """`branch`, `demo`, `theme`, `a11y`, `nav_role` and `inbox_count` for the frame around every page."""
    user = getattr(request, "user", None)
    branch = getattr(request, "branch", None)
    nav_role: set[str] = set()
    if user is not None and user.is_authenticated and branch:
        nav_role = {role for role, held in user.held_roles if held in (branch.pk, None)}
    theme = request.COOKIES.get("theme", "")
    return {
        "branch": branch,
        "demo": settings.DEMO,
        "letters_open": settings.DEMO or settings.DEBUG,
        "theme": theme if theme in Theme.values else "",
        "a11y": LowVision.from_cookie(request.COOKIES.get("a11y", "")),
        "nav_role": nav_role,
        "inbox_count": cache(lambda: _unread(user)),
        "map_tile_url": settings.MAP_TILE_URL,
        "map_attribution": settings.MAP_ATTRIBUTION,
    }
