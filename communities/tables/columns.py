"""What the columns of a table mean: by their headings, or by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from django.utils.translation import gettext_lazy as _

from communities.keys import fold
from communities.tables.meanings import read_direction
from communities.tables.reading import Rows

#: What a column may be, in the order of a form.
FIELDS = {
    "name": _("Название"),
    "city": _("Город (можно с регионом)"),
    "region": _("Регион"),
    "district": _("Район города"),
    "direction": _("Направление"),
    "short": _("Коротко"),
    "description": _("Описание"),
    "link": _("Ссылка любая"),
    "vk": _("ВКонтакте"),
    "telegram": _("Telegram"),
    "site": _("Сайт"),
    "participants": _("Участников"),
    "founded": _("Год появления"),
}

#: Headings (folded) by field; the more telling ones first.
_HEADINGS: dict[str, tuple[str, ...]] = {
    "name": (
        "название",
        "наименование",
        "сообщество",
        "имя сообщества",
        "организация",
        "нко",
        "объединение",
        "title",
        "name",
    ),
    "city": ("город", "населенный пункт", "муниципалитет", "муниципальное образование", "территория", "city"),
    "region": ("регион", "область", "субъект", "край", "region"),
    "district": ("район", "микрорайон", "округ", "district"),
    "direction": (
        "направление",
        "направления",
        "сфера",
        "категория",
        "тематика",
        "тема",
        "вид деятельности",
        "direction",
    ),
    "short": ("коротко", "кратко", "краткое описание", "суть", "слоган", "в двух словах", "short"),
    "description": (
        "описание",
        "о сообществе",
        "о себе",
        "деятельность",
        "чем занимается",
        "чем занимаются",
        "подробно",
        "информация",
        "цели",
        "комментарий",
        "description",
    ),
    "vk": ("вконтакте", "вк", "vk", "группа вк", "страница вк"),
    "telegram": ("telegram", "телеграм", "телеграмм", "тг", "tg"),
    "site": ("сайт", "веб сайт", "website", "site"),
    "link": (
        "ссылка",
        "ссылки",
        "ссылка на сообщество",
        "соцсети",
        "социальные сети",
        "интернет",
        "url",
        "link",
    ),
    "participants": ("участников", "число участников", "количество участников", "численность", "участники"),
    "founded": (
        "год появления",
        "год создания",
        "год основания",
        "дата создания",
        "дата основания",
        "основано",
        "год",
    ),
}
#: Columns about people. Nobody asked them, so such columns are not kept even for a moment.
_PERSONAL = re.compile(
    r"\b(?:фио|ф и о|телефон\w*|тел|моб\w*|почта|e ?mail|email|имейл|контакт\w*|руководител\w*|лидер\w*|председател\w*|"
    r"директор\w*|ответственн\w*|координатор\w*|фамили\w*|имя|отчество|дата рождения|возраст лидера|паспорт\w*|инн|снилс|"
    r"куратор\w*|представител\w*|phone|mail|leader)\b"
)


def field_of(heading: str) -> str:
    """The field that a heading names; "" when it names none."""
    folded = fold(heading)
    if not folded or len(folded) > 80:
        return ""
    for name, words in _HEADINGS.items():
        if folded in words:
            return name
    if _PERSONAL.search(folded):
        return ""
    best = ""
    length = 0
    for name, words in _HEADINGS.items():
        for word in words:
            # «Название сообщества», «Ссылка на группу»; the longest word found wins.
            if len(word) > max(3, length) and re.search(rf"\b{word}", folded):
                best, length = name, len(word)
    return best


def is_personal(heading: str) -> bool:
    folded = fold(heading)
    return not field_of(heading) and bool(_PERSONAL.search(folded)) and len(folded) <= 80


def has_header(rows: Rows) -> bool:
    """Does the first filled row name columns rather than a community?"""
    first = next((row for row in rows if row), [])
    filled = [cell for cell in first if cell]
    if not filled or any(_URL.search(cell) or len(cell) > 120 for cell in filled):
        return False
    named = sum(bool(field_of(cell)) or is_personal(cell) for cell in filled)
    return named >= 2 and named * 2 >= len(filled) if len(filled) > 1 else named == 1


def without_title(rows: Rows) -> Rows:
    """A title above the headings («Реестр сообществ») taken away; blank rows keep the numbers right."""
    for place, row in enumerate(rows[:6]):
        if sum(bool(cell) for cell in row) > 1:
            if place and has_header([row]):
                return [[] for _blank in range(place)] + rows[place:]
            break
    return rows


def without_personal(rows: Rows) -> tuple[Rows, list[str]]:
    """The table without the columns about people, and the headings of those columns."""
    if not has_header(rows):
        return rows, []
    head = next(row for row in rows if row)
    dropped = {column for column, heading in enumerate(head) if is_personal(heading)}
    kept = [[cell for column, cell in enumerate(row) if column not in dropped] for row in rows]
    return kept, [head[column] for column in sorted(dropped)]


# --- guesses ---------------------------------------------------------------------------------------

_URL = re.compile(
    r"(?:https?://|\bwww\.|\b(?:vk|ok|t|rutube|youtube|dzen)\.(?:com|ru|me)/|^[\w.-]+\.(?:ru|рф|com|org|net)\b)",
    re.I,
)
_CITY = re.compile(r"^(?:г\.? ?)?[А-ЯЁ][а-яё]+(?:[- ](?:на-)?[А-ЯЁ][а-яё]+){0,2}(?:, ?[А-ЯЁ].{0,40})?$")
_CITY_SURE = re.compile(r"^г\. ?\w|, ?.*\b(?:край|обл|область|респ|республика|АО|УР|РТ|РБ)\b")
_NAME = re.compile(
    r"[«\"“„]|\b(?:АНО|НКО|МБУ\w?|МАУ|БФ|ТОС|РОО|МОО|ООО|Фонд|фонд|Клуб|клуб|Центр|центр|Союз|движение)\b"
)


def guess_mapping(rows: Rows, *, header: bool, cities: Collection[str] = ()) -> dict[str, int]:
    """Field → column. `cities` are folded names of the cities we know."""
    filled = [row for row in rows if row]
    if not filled:
        return {}
    if header:
        mapping: dict[str, int] = {}
        for column, heading in enumerate(filled[0]):
            if (name := field_of(heading)) and name not in mapping:
                mapping[name] = column
        if "name" in mapping:
            return mapping
        filled = filled[1:]
    else:
        mapping = {}
    return _by_content(filled[:300], set(cities), mapping)


def _by_content(rows: Rows, cities: set[str], mapping: dict[str, int]) -> dict[str, int]:
    taken = set(mapping.values())
    columns = {
        column: cells
        for column in range(max(map(len, rows), default=0))
        if column not in taken
        and (cells := [row[column] for row in rows if len(row) > column and row[column]])
    }
    judges: dict[str, Callable[[list[str]], float]] = {
        "link": lambda cells: _share(cells, lambda cell: len(cell) < 300 and bool(_URL.search(cell))),
        "direction": lambda cells: _share(cells, _is_direction) * (0.6 + 0.4 * _repetition(cells)),
        "city": lambda cells: (
            _share(cells, lambda cell: _city(cell, cities)) * (0.5 + 0.5 * _repetition(cells))
        ),
        "description": lambda cells: min(1.0, sum(map(len, cells)) / len(cells) / 120),
        "name": lambda cells: (
            (1 - 0.8 * _repetition(cells))
            * _share(cells, lambda cell: 2 < len(cell) < 200)
            * (0.6 + 0.4 * _share(cells, lambda cell: bool(_NAME.search(cell))))
        ),
    }
    scored = sorted(
        ((judge(cells), name, column) for name, judge in judges.items() for column, cells in columns.items()),
        key=lambda item: -item[0],
    )
    for score, name, column in scored:
        if score > 0.3 and name not in mapping and column not in mapping.values():
            mapping[name] = column
    return mapping


def _share(cells: list[str], fits: Callable[[str], float]) -> float:
    return sum(map(fits, cells)) / len(cells)


def _repetition(cells: list[str]) -> float:
    return 1 - len(set(cells)) / len(cells)


def _is_direction(cell: str) -> bool:
    return len(cell) < 90 and (
        bool(read_direction(cell).directions) or fold(cell) in ("другое", "иное", "прочее")
    )


def _city(cell: str, cities: set[str]) -> float:
    first = fold(re.split(r"[,;(]", cell)[0]).removeprefix("г ")
    if first in cities or _CITY_SURE.search(cell):
        return 1.0
    return 0.6 if len(cell) < 60 and _CITY.match(cell) else 0.0
