"""Rows of the registry as components/ccard.html and the map want them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from django.core.files.storage import default_storage
from django.urls import reverse

from communities.choices import Direction
from hub.small_pictures import CARD, ROW, small

DIRECTIONS = {choice.value: choice.label for choice in Direction}


@cache
def _around(name: str) -> list[str]:
    return reverse(name, args=["slug"]).split("slug")


def address(slug: str, name: str = "community-detail") -> str:
    """Address of a community; written out, for lists of thousands."""
    before, after = _around(name)
    return f"{before}{slug}{after}"


class Picture(NamedTuple):
    """Addresses of a public picture in each size; the whole one where it is no wider."""

    whole: str
    card: str
    row: str


def picture(name: str | None) -> str:
    """Address of a public file of the storage; "" for none."""
    return default_storage.url(name) if name else ""


def small_picture(name: str | None, width: int = CARD) -> str:
    """The same where this width is enough."""
    return picture(small(name, width)) if name else ""


def sizes(name: str) -> Picture:
    return Picture(picture(name), small_picture(name), small_picture(name, ROW))


def cards(rows: Iterable[dict[str, Any]], width: int = CARD) -> list[dict[str, Any]]:
    """What `Community.objects.cards()` read, ready for components/ccard.html; `width`: of the covers."""
    return [
        row
        | {
            "url": address(row["slug"]),
            "direction": row["directions"][0] if row["directions"] else "",
            "direction_label": DIRECTIONS.get(row["directions"][0]) if row["directions"] else "",
            "cover": small_picture(row["cover"], width),
            "logo": small_picture(row["logo"], ROW) if row["logo_public"] else "",
        }
        for row in rows
    ]
