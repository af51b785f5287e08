"""The pages of the portal, as the table of routes knows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from tests.architecture.cast import ROLES
from tests.architecture.test_routes import rows

#: What a query makes another page: (name, query, viewer). The cast has something to show on each.
ASKED = [
    ("calendar", "view=list&month=2027-01", "anonymous"),
    ("calendar", "view=week&week=2027-W02", "anonymous"),
    ("calendar", "view=map&month=2027-01", "anonymous"),
    ("calendar", "month=2027-01&print=1", "anonymous"),
    ("calendar", "when=weekend", "anonymous"),
    ("calendar", "day=2027-01-16", "anonymous"),
    ("calendar-search", "q=прогулка", "anonymous"),
    ("state-event-desk", "when=past", "coordinator"),
    ("event-clashes-week", "from=2027-01-16", "coordinator"),
]
#: Who looks, when several may: whoever sees the most of the page.
VIEWERS = ["leader", "coordinator", "other", "member", "official", "federal", "foreign", "anonymous"]


def pages() -> Iterator[tuple[str, dict[str, str], str, str]]:
    """(name, arguments, query, viewer) of every page: an HTML answer to a GET."""
    seen = set()
    for method, name, arguments, codes in rows():
        if method != "GET":
            continue
        allowed = dict(zip(ROLES, codes, strict=True))
        viewer = next((role for role in VIEWERS if allowed[role] == "200"), None)
        key = (name, tuple(arguments.items()))
        if viewer and key not in seen:
            seen.add(key)
            yield name, arguments, "", viewer
            # What a stranger sees is a page of its own.
            if viewer != "anonymous" and allowed["anonymous"] == "200":
                yield name, arguments, "", "anonymous"
    yield from ((name, {}, query, viewer) for name, query, viewer in ASKED)


def address_of(name: str, arguments: dict[str, str], query: str, things: dict[str, Any]) -> str:
    """Where the page stands in this cast."""
    path = reverse(name, kwargs={key: things.get(value, value) for key, value in arguments.items()})
    return f"{path}?{query}" if query else path
