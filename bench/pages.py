"""What is measured, and the floors it is compared with."""

from __future__ import annotations

from urllib.parse import quote

from bench.load import Target
from bench.words import COMMON, MIDDLE, TYPO

SEARCH = "/communities/?q="
SEARCH_OF_EVENTS = "/calendar/search/?q="
#: The busiest month of what bench/events.py has written.
MONTH = "month=2027-01"
WEEK = "week=2027-W03"
#: Communities of the first branch in every size; some are not listed, the run asks which are.
SLUGS = tuple(f"c{number}" for number in range(21, 120))
_JSON = {"Accept": "application/json"}


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
        Target("JSON, 20 сообществ", ("/api/v1/communities/",), _JSON),
        Target("месяц", (f"/calendar/?{MONTH}",)),
        Target("месяц с фильтром", (f"/calendar/?{MONTH}&topic=ecology&free=true",)),
        Target("список месяца", (f"/calendar/?view=list&{MONTH}",)),
        Target("неделя", (f"/calendar/?view=week&{WEEK}",)),
        Target("карта месяца", (f"/calendar/?view=map&{MONTH}",)),
        Target("места месяца", (f"/calendar.geojson?view=map&{MONTH}",)),
        Target("сегодня и завтра", ("/calendar/?when=today", "/calendar/?when=tomorrow")),
        Target(
            "поиск событий: редкое слово",
            (SEARCH_OF_EVENTS + quote(MIDDLE), SEARCH_OF_EVENTS + quote(MIDDLE[:-1] + "и")),
        ),
        Target("поиск событий: частое слово", (SEARCH_OF_EVENTS + quote(COMMON),)),
        Target("поиск событий: опечатка", (SEARCH_OF_EVENTS + quote(TYPO),)),
        Target("рамка для сайтов", ("/calendar/embed/",)),
        Target("чем помочь городу", ("/state-events/",)),
        Target("событие", tuple(f"/calendar/e{number}/" for number in range(1, 60))),
        Target("JSON, 20 событий", ("/api/v1/events/",), _JSON),
        Target("JSON, 20 дат", ("/api/v1/occurrences/?from=2027-01-01&to=2027-01-31",), _JSON),
        Target("ICS события", tuple(f"/calendar/e{number}.ics" for number in range(1, 60))),
        Target("ICS города", ("/calendar.ics",)),
        Target("очередь", ("/queue/",), mine),
        Target("реестр", ("/registry/",), mine),
        Target("события города", ("/state-events/desk/",), mine),
        Target("показатели", ("/reports/kpi/",), mine),
        Target(
            "показатель с подтверждениями",
            ("/reports/kpi/state_events_supported/", "/reports/kpi/talks_given/"),
            mine,
        ),
    ]


#: Of these the public cache may answer.
CACHED = ("главная", "каталог", "поиск: частое слово", "сообщество", "месяц", "событие")
#: How much of F0 is promised (QUALITY 23), cold and from the cache.
OF_F0 = {"сообщество": (0.15, 0.4), "событие": (0.15, 0.4), "месяц": (0.12, 0.4)}
#: What is compared with the same made in the barest way, and how much of that is promised.
BARE = {
    "JSON, 20 сообществ": ("/bench/communities/", 0.4),
    "JSON, 20 событий": ("/bench/events/", 0.4),
    "JSON, 20 дат": ("/bench/occurrences/", 0.4),
    "ICS города": ("/bench/calendar/", 0.5),
}
#: Grows with what it tells: measured against its floor alone.
WHOLE = ("ICS города",)
#: Answered with "nothing new" when nothing is.
UNCHANGED = {
    "каталог": "/communities/",
    "сообщество": "",
    "месяц": f"/calendar/?{MONTH}",
    "ICS города": "/calendar.ics",
}
