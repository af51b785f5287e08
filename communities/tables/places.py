"""«Город, регион» as people write it → the city (and district) that we know."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from communities.keys import fold

_PREFIX = re.compile(
    r"^(?:г\.?о\.?|г\.|гор\.|город|пгт\.?|пос\.|посёлок|поселок|с\.|село|ст\.|станица)\s+|^г\.(?=\S)", re.I
)
_REGION = re.compile(
    r"\b(?:край|кр|обл|область|область|респ|республика|округ|ао|авт|ур|рт|рб|хмао|янао|рсо|кбр|кчр|рф|россия|федерация)\b"
)
_DISTRICT = re.compile(r"\b(?:район|р н|мкр|микрорайон)\b")


@dataclass(frozen=True)
class Written:
    """A place as a cell has it: city, what stands beside it, and the cell itself."""

    city: str
    beside: str
    text: str

    @property
    def key(self) -> str:
        return fold(self.city)


def read_city(cell: str, region: str = "") -> Written:
    """
    >>> read_city("г. Сочи").city, read_city("Глазов, УР").beside, read_city("Краснодарский край, г.Сочи").city
    ('Сочи', 'УР', 'Сочи')
    """
    parts = [part.strip() for part in re.split(r"[,;()\n]", cell) if part.strip()]
    named = [part for part in parts if _PREFIX.match(part)]
    plain = [part for part in parts if not _REGION.search(fold(part)) and not _DISTRICT.search(fold(part))]
    chosen = next(iter(named or plain or parts), "")
    beside = ", ".join(
        [*(part for part in parts if part is not chosen), *([region.strip()] if region.strip() else [])]
    )
    return Written(
        _PREFIX.sub("", chosen).strip(" ."), beside, ", ".join(filter(None, [cell.strip(), region.strip()]))
    )


@dataclass(frozen=True)
class City:
    pk: int
    branch_id: int
    name: str
    region: str = ""


@dataclass(frozen=True)
class Place:
    city: City
    district: int | None = None


@dataclass
class Places:
    """Cities and districts that rows may be put into."""

    cities: Iterable[City]
    #: (pk, city, name)
    districts: Iterable[tuple[int, int, str]] = ()
    _by_name: dict[str, list[City]] = field(init=False, default_factory=lambda: defaultdict(list))
    _of_city: dict[int, list[tuple[int, str]]] = field(init=False, default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for city in self.cities:
            self._by_name[fold(city.name)].append(city)
        for pk, city_pk, name in self.districts:
            self._of_city[city_pk].append((pk, fold(name)))

    @property
    def names(self) -> set[str]:
        return set(self._by_name)

    @property
    def only(self) -> City | None:
        """The one city there is, if it is one."""
        cities = [city for named in self._by_name.values() for city in named]
        return cities[0] if len(cities) == 1 else None

    def find(self, written: Written, district: str = "") -> Place | None:
        """The known city that is meant; None when none is, or when the region says it is another one."""
        fitting = [city for city in self._by_name.get(written.key, ()) if self._fits(city, written.beside)]
        if len(fitting) != 1:
            return None
        return Place(
            fitting[0], self.district(fitting[0], district) or self.district(fitting[0], written.beside)
        )

    def district(self, city: City, text: str) -> int | None:
        words = fold(text).split()
        for pk, name in self._of_city[city.pk]:
            # «Адлерский р-н», «Адлер», «Адлерский»
            if any(len(word) > 3 and (name.startswith(word) or word.startswith(name)) for word in words):
                return pk
        return None

    def _fits(self, city: City, beside: str) -> bool:
        """Is `beside` the city's region (in full or shortened), its district, or silent of regions?"""
        said = [part for part in beside.split(",") if _REGION.search(fold(part))]
        return not said or not city.region or any(same_region(part, city.region) for part in said)


def same_region(short: str, full: str) -> bool:
    """
    >>> same_region("Краснояр. край", "Красноярский край"), same_region("УР", "Удмуртская Республика")
    (True, True)
    >>> same_region("Челяб. обл.", "Калининградская область")
    False
    """
    mine, theirs = fold(short).split(), fold(full).split()
    if not mine or not theirs:
        return False
    if len(mine) == 1 and mine[0] == "".join(word[0] for word in theirs):
        return True
    if mine[0] in ("рф", "россия", "российская"):
        return True
    own = [word for word in mine if not _KIND.match(word)]
    other = [word for word in theirs if not _KIND.match(word)]
    return bool(own) and all(any(b.startswith(a[:6]) for b in other) for a in own)


_KIND = re.compile(r"^(?:край|кр|обл|область|респ|республика|округ|ао|авт|автономный|автономная|г|город)$")


def places_of(
    cities: Iterable[tuple[int, int, str, str]], districts: Iterable[tuple[int, int, str]] = ()
) -> Places:
    """Places from rows of the database: (pk, branch, name, region) and (pk, city, name)."""
    return Places([City(*row) for row in cities], districts)
