"""The pages of the portal, as the table of routes knows them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.architecture.cast import ROLES
from tests.architecture.test_routes import rows

#: Who looks, when several may: whoever sees the most of the page.
VIEWERS = ["leader", "coordinator", "other", "member", "official", "federal", "foreign", "anonymous"]


def pages() -> Iterator[tuple[str, dict[str, str], str]]:
    """(name, arguments, viewer) of every page: an HTML answer to a GET."""
    seen = set()
    for method, name, arguments, codes in rows():
        if method != "GET":
            continue
        allowed = dict(zip(ROLES, codes, strict=True))
        viewer = next((role for role in VIEWERS if allowed[role] == "200"), None)
        key = (name, tuple(arguments.items()))
        if viewer and key not in seen:
            seen.add(key)
            yield name, arguments, viewer
            # What a stranger sees is a page of its own.
            if viewer != "anonymous" and allowed["anonymous"] == "200":
                yield name, arguments, "anonymous"
