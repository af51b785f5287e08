"""Whom the rows of a table resemble, hundreds of rows at a time.

`Community.objects.resembling` asks the database about one record, which takes milliseconds in a city and
tenths of a second in a country: too long for each row of a census. Here the names of a branch are read
once, and compared by the same measure (triples of letters in common) and with the same threshold.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import NamedTuple

from django.utils.translation import gettext as _

from communities.choices import Listing
from communities.models import CensusRecord
from communities.querysets.duplicates import ALIKE
from communities.tables import read_city
from hub.choices import State

_SEEN = [State.SUBMITTED, State.RETURNED, State.APPROVED, State.IMPORTED]


class Like(NamedTuple):
    """A community that a row may be, and why."""

    community_id: int
    name: str
    reason: str


class Neighbours:
    """Communities of one branch by the triples of their names and by their own pages."""

    def __init__(self, branch: int) -> None:
        self.rows: list[tuple[int, str, str, int | None, str]] = []
        self.sizes: list[int] = []
        self.by_triple: dict[str, list[int]] = defaultdict(list)
        self.by_page: dict[str, int] = {}
        records = CensusRecord.objects.filter(community__branch=branch, state__in=_SEEN)
        found = records.exclude(community__listing=Listing.MERGED).values_list(
            "community_id", "name", "name_key", "city_id", "city_text", "link_keys"
        )
        for place, (*row, pages) in enumerate(found.iterator(chunk_size=2000)):
            self.rows.append(tuple(row))
            triples = triples_of(row[2])
            self.sizes.append(len(triples))
            for triple in triples:
                self.by_triple[triple].append(place)
            for page in pages:
                self.by_page.setdefault(page, place)

    def like(self, key: str, pages: Collection[str], *, city: int | None, city_key: str) -> Like | None:
        """The likeliest: with an own page in common, or with a name alike in the same city."""
        for page in sorted(pages):
            if (place := self.by_page.get(page)) is not None:
                return self._said(place, _("та же страница %(page)s") % {"page": page})
        triples = triples_of(key)
        common: Counter[int] = Counter()
        for triple in triples:
            common.update(self.by_triple.get(triple, ()))
        for place, shared in common.most_common():
            likeness = shared / (len(triples) + self.sizes[place] - shared)
            if shared < ALIKE * len(triples):
                return None  # neither this one nor any after it can be alike enough
            if likeness >= ALIKE and self._same_city(place, city, city_key):
                same = self.rows[place][2] == key
                return self._said(place, _("то же название") if same else _("похожее название"))
        return None

    def _same_city(self, place: int, city: int | None, city_key: str) -> bool:
        *_names, known, text = self.rows[place]
        return known == city if city else known is None and read_city(text).key == city_key

    def _said(self, place: int, reason: str) -> Like:
        community, name, *_rest = self.rows[place]
        return Like(community, name, reason)


def triples_of(key: str) -> set[str]:
    """As pg_trgm has them: each word with two blanks before and one after.

    >>> sorted(triples_of("дом"))
    ['  д', ' до', 'дом', 'ом ']
    """
    return {
        padded[at : at + 3]
        for word in key.split()
        for padded in [f"  {word} "]
        for at in range(len(word) + 1)
    }
