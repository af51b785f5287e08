"""The options of a record as bits, so that a catalogue of thousands is counted without reading its records.

Every option that the catalogue counts has its own place in the 16 bytes of `CensusRecord.marks`. The bytes
of many records, put one after another, are counted by a few operations on long numbers: see `Tally`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from communities.choices import Age, Days, Direction, Format, Language, Topic

#: Bytes of a record.
SIZE = 16
#: Where each group begins. A group may grow to where the next one begins; new options stand at its end,
#: for what is stored must not change its meaning.
_FIRST: dict[str, tuple[int, Sequence[str]]] = {
    "direction": (0, Direction.values),
    "topic": (8, Topic.values),
    "age": (56, Age.values),
    "days": (64, Days.values),
    "format": (72, Format.values),
    "language": (80, Language.values),
    "looking": (112, ["true"]),
    "accessible": (113, ["true"]),
}
PLACES: dict[tuple[str, str], int] = {
    (group, value): first + at for group, (first, values) in _FIRST.items() for at, value in enumerate(values)
}

#: What a resident chose: group → values («looking» → ["true"]).
Chosen = Mapping[str, Sequence[str]]


def marks(options: Iterable[tuple[str, str]]) -> bytes:
    """The bits of these (group, value); unknown ones have none.

    >>> marks([("direction", "culture"), ("looking", "true")]).hex()
    '02000000000000000000000000000100'
    """
    bits = 0
    for option in options:
        if option in PLACES:
            bits |= 1 << PLACES[option]
    return bits.to_bytes(SIZE, "little")


class Tally:
    """Many records, counted. A set of records is a long number with a byte for each: 1 when it belongs."""

    def __init__(self, rows: Iterable[tuple[int | None, bool, bytes]], slugs: Mapping[int, str]) -> None:
        """Of (district, confirmed, marks one after another); `slugs` of the districts that have options."""
        parts, self._size = [], 0
        self._by_district: dict[int | None, int] = {}
        self._confirmed = 0
        for district, confirmed, joined in rows:
            here = _ones(len(joined) // SIZE) << (8 * self._size)
            self._by_district[district] = self._by_district.get(district, 0) | here
            self._confirmed |= here if confirmed else 0
            self._size += len(joined) // SIZE
            parts.append(joined)
        self._marks = b"".join(parts)
        self.everybody = _ones(self._size)
        self._columns: dict[int, int] = {}
        self._in: dict[str, int] = {}
        for district, slug in slugs.items():
            self._in[slug] = self._in.get(slug, 0) | self._by_district.get(district, 0)

    def __len__(self) -> int:
        return self._size

    def having(self, group: str, value: str) -> int:
        """Those that have the option."""
        if group == "district":
            return self._in.get(value, 0)
        if value == "false":
            return self.everybody ^ self.having(group, "true")
        if group == "confirmed":
            return self._confirmed
        at, bit = divmod(PLACES[group, value], 8)
        if at not in self._columns:
            self._columns[at] = int.from_bytes(self._marks[at::SIZE], "little")
        return (self._columns[at] >> bit) & self.everybody

    def facets(self, chosen: Chosen, options: Mapping[str, Iterable[str]]) -> dict[str, dict[str, int] | int]:
        """{"all": n, "total": n, group: {value: n}}; "all" is before anything was chosen.

        Each group is counted under the other groups: the number beside an option says what one would
        see by choosing it as well.
        """
        meeting: dict[str, int] = {}
        for group, values in chosen.items():
            if values:
                meeting[group] = 0
                for value in values:
                    meeting[group] |= self.having(group, value)

        def under(but: str) -> int:
            left = self.everybody
            for group, those in meeting.items():
                left &= those if group != but else left
            return left

        facets: dict[str, dict[str, int] | int] = {"all": self._size, "total": under("").bit_count()}
        for group, values in options.items():
            left = under(group)
            facets[group] = {value: (self.having(group, value) & left).bit_count() for value in values}
        return facets

    def by_direction(self) -> dict[str, int]:
        """A record of two directions is counted in both."""
        return {value: self.having("direction", value).bit_count() for value in Direction.values}

    def by_direction_and_district(self) -> dict[tuple[str, int | None], int]:
        return {
            (value, district): (self.having("direction", value) & here).bit_count()
            for value in Direction.values
            for district, here in self._by_district.items()
        }


def _ones(count: int) -> int:
    return int.from_bytes(b"\1" * count, "little")
