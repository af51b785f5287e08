"""Names of communities by their keys, for whatever happens: kept, as every page of the calendar asks for them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from communities.keys import words
from communities.models import Community
from hub.models import Branch
from hub.public import kept


class Names:
    """Key → name of the listed communities of a branch, and what follows from that, counted when it is asked for."""

    def __init__(self, by_key: dict[int, str]) -> None:
        self.by_key = by_key

    @cached_property
    def mark(self) -> str:
        """Other whenever one of them is."""
        return hashlib.blake2b(repr(self.by_key).encode(), digest_size=8).hexdigest()

    @cached_property
    def _by_word(self) -> Mapping[str, set[int]]:
        found = defaultdict(set)
        for key, name in self.by_key.items():
            for word in words(name):
                found[word].add(key)
        return dict(found)

    def having(self, asked: Sequence[str]) -> list[int]:
        """Keys of those that have all the words (folded, at least one) in their name."""
        return sorted(set.intersection(*(self._by_word.get(word, set()) for word in asked)))


def names_of(branch: Branch) -> Names:
    """Of the listed communities, a minute old at most."""

    def read() -> Names:
        listed = Community.objects.in_branch(branch).listed().exclude(current__name="")
        return Names(dict(listed.order_by("pk").values_list("pk", "current__name")))

    return kept(("names of communities", branch.pk), read)


def name_communities(rows: Iterable[dict[str, Any]], names: Mapping[int, str]) -> None:
    """Say in each row who holds it; `names` of communities by key."""
    for row in rows:
        row["held_by"] = ", ".join(names[key] for key in row["communities"] if key in names)
