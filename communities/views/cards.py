"""Rows of the registry as components/ccard.html and the map want them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.core.files.storage import default_storage
from django.urls import reverse

from communities.choices import Direction

DIRECTIONS = {choice.value: choice.label for choice in Direction}


@cache
def _around(name: str) -> list[str]:
    return reverse(name, args=["slug"]).split("slug")


def address(slug: str, name: str = "community-detail") -> str:
    """Address of a community; written out, for lists of thousands."""
    before, after = _around(name)
    return f"{before}{slug}{after}"


def picture(name: str | None) -> str:
    """Address of a public file of the storage; "" for none."""
    return default_storage.url(name) if name else ""


def cards(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What `Community.objects.cards()` read, ready for components/ccard.html."""
    return [
        row
        | {
            "url": address(row["slug"]),
            "direction": row["directions"][0] if row["directions"] else "",
            "direction_label": DIRECTIONS.get(row["directions"][0]) if row["directions"] else "",
            "cover": picture(row["cover"]),
            "logo": picture(row["logo"]) if row["logo_public"] else "",
        }
        for row in rows
    ]
