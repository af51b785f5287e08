"""What is measured, and the floors it is compared with."""

from __future__ import annotations

from urllib.parse import quote

from bench.load import Target
from bench.words import COMMON, MIDDLE, TYPO

SEARCH = "/communities/?q="
#: Communities of the first branch in every size; some are not listed, the run asks which are.
SLUGS = tuple(f"c{number}" for number in range(21, 120))


def pages(slugs: list[str], session: str) -> list[Target]:
    """Pages as a visitor without an account (the queue: as the coordinator) asks for them."""
    mine = {"Cookie": f"sessionid={session}"}
    return [
        Target("главная", ("/",)),
        Target("каталог", ("/communities/",)),
        Target("каталог с фильтром", ("/communities/?direction=place&looking=true",)),
        Target("чего не хватает", ("/communities/gaps/",)),
        Target("поиск: редкое слово", (SEARCH + quote(MIDDLE), SEARCH + quote(MIDDLE[:-1] + "и"))),
        Target("поиск: частое слово", (SEARCH + quote(COMMON),)),
        Target("поиск: опечатка", (SEARCH + quote(TYPO),)),
        Target("сообщество", tuple(f"/communities/{slug}/" for slug in slugs)),
        Target("карта", ("/communities/map.geojson",)),
        Target("часть карты", ("/communities/map.geojson?bbox=39.63,43.51,39.81,43.66&zoom=12",)),
        Target("JSON, 20 сообществ", ("/api/v1/communities/",), {"Accept": "application/json"}),
        Target("очередь", ("/queue/",), mine),
        Target("реестр", ("/registry/",), mine),
    ]


#: Of these the public cache may answer.
CACHED = ("главная", "каталог", "поиск: частое слово", "сообщество")
