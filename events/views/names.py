"""Names of communities by their keys, for whatever happens: kept, as every page of the calendar asks for them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from communities.models import Community
from hub.models import Branch
from hub.public import kept


def name_communities(rows: Iterable[dict[str, Any]], names: Mapping[int, str]) -> None:
    """Say in each row who holds it; `names` of communities by key."""
    for row in rows:
        row["held_by"] = ", ".join(names[key] for key in row["communities"] if key in names)


def names_of_communities(branch: Branch) -> dict[int, str]:
    """Key → name of the listed communities."""
    return named_communities(branch)[0]


def named_communities(branch: Branch) -> tuple[dict[int, str], str]:
    """The same, and a word that is other whenever one of them is."""

    def read() -> tuple[dict[int, str], str]:
        listed = Community.objects.in_branch(branch).listed().exclude(current__name="")
        names = dict(listed.order_by("pk").values_list("pk", "current__name"))
        return names, hashlib.blake2b(repr(names).encode(), digest_size=8).hexdigest()

    return kept(("names of communities", branch.pk), read)
