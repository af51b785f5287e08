"""Days of the calendar with what happens in them; written out: as templates they would be most of a page's cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from events.templatetags.events import Drawing, card, day_words, drawing, line, phrases_in, weekday
from hub.templatetags.pictures import icon
from hub.templatetags.words import counted, num

register = template.Library()

#: What a page knows of a day: day, rows, total, more, rest (for paper), href (escaped), out, today, here.
Cell = Mapping[str, Any]


class Named(NamedTuple):
    """A day in words."""

    full: str
    week: str


@lru_cache(maxsize=2000)
def _named(day: date, year: int, language: str | None) -> Named:
    return Named(escape(day_words(day)), escape(weekday(day)))


class Here(NamedTuple):
    """What words of a day depend on, looked up once a page."""

    year: int
    language: str | None


def _here() -> Here:
    return Here(date.today().year, get_language())


@lru_cache(maxsize=4000)
def _spoken(day: date, total: int, year: int, language: str | None) -> str:
    return f'aria-label="{_named(day, year, language).full}, {escape(counted(total, "events"))}"'


@register.simple_tag
def month_rows(weeks: Iterable[Sequence[Cell]], home: str) -> SafeString:
    """`{% month_rows weeks branch.timezone %}`: the weeks of a month as rows of a table."""
    of, here = drawing(home), _here()
    return mark_safe("\n".join(f"<tr>{''.join(_cells(week, of, here))}</tr>" for week in weeks))


def _cells(week: Sequence[Cell], of: Drawing, here: Here) -> Iterable[str]:
    for place, cell in enumerate(week):
        look = f"{'is-we' if place > 4 else ''}{' is-out' if cell['out'] else ''}{' is-today' if cell['today'] else ''}"
        current = ' aria-current="date"' if cell["today"] else ""
        lines = "".join([line(row, cell["day"], of) for row in cell["rows"]])
        yield (
            f'<td class="{look}"><a class="hub-month__d" href="{cell["href"]}" rel="nofollow" '
            f"{_spoken(cell['day'], cell['total'], *here)}{current}>"
            f"{cell['day'].day}</a>{lines}{_more(cell, here) if cell['more'] else ''}</td>"
        )


def _more(cell: Cell, here: Here) -> str:
    words = _more_words(cell["day"], cell["more"], *here)
    return f'<a class="hub-ev__more" href="{cell["href"]}" rel="nofollow">{words}</a>'


@lru_cache(maxsize=4000)
def _more_words(day: date, more: int, year: int, language: str | None) -> str:
    phrases = phrases_in(language)
    spoken = phrases.of_day % {"day": _named(day, year, language).full}
    return f'{phrases.more % {"n": num(more)}}<span class="hub-sr"> {spoken}</span>'


@register.simple_tag
def rest_days(crowded: Iterable[Cell], home: str) -> SafeString:
    """`{% rest_days crowded branch.timezone %}`: what found no room in the cells of its days, for paper."""
    of, here = drawing(home), _here()
    return mark_safe("".join(_rest(cell, of, here) for cell in crowded))


def _rest(cell: Cell, of: Drawing, here: Here) -> str:
    named, left = _named(cell["day"], *here), cell["more"] - len(cell["rest"])
    lines = "".join(line(row, cell["day"], of) for row in cell["rest"])
    more = f"<p>{phrases_in(here.language).more % {'n': num(left)}}</p>" if left else ""
    return f"<div><h3>{named.full}, {named.week}</h3>{lines}{more}</div>"


@register.simple_tag
def mini_rows(weeks: Iterable[Sequence[Cell]]) -> SafeString:
    """`{% mini_rows weeks %}`: the same as bare numbers, dotted where something happens."""
    here = _here()
    return mark_safe("".join(f"<tr>{''.join([_number(cell, here) for cell in week])}</tr>" for week in weeks))


def _number(cell: Cell, here: Here) -> str:
    looks = ("has" if cell["total"] else "", "has-2" if cell["total"] > 1 else "")
    looks += ("is-out" if cell["out"] else "", "is-today" if cell["today"] else "")
    current = ' aria-current="page"' if cell.get("here") else ' aria-current="date"' if cell["today"] else ""
    return (
        f'<td><a class="{" ".join(filter(None, looks))}" href="{cell["href"]}" rel="nofollow" '
        f"{_spoken(cell['day'], cell['total'], *here)}{current}>{cell['day'].day}</a></td>"
    )


@register.simple_tag
def agenda_days(agenda: Iterable[Cell], home: str) -> SafeString:
    """`{% agenda_days agenda branch.timezone %}`: days under each other with the cards of their events."""
    of, here = drawing(home), _here()
    return mark_safe("".join(_day(part, of, here) for part in agenda))


def _day(part: Cell, of: Drawing, here: Here) -> str:
    day = part["day"]
    named, phrases = _named(day, *here), phrases_in(here.language)
    if part["today"]:
        heading = f"{phrases.today} <span>{named.week}, {named.full}</span>"
    else:
        heading = f"{named.full} <span>{named.week}</span>"
    more = ""
    if part.get("more"):
        words = phrases.more_of_day % {"n": num(part["more"]), "day": named.full}
        more = f'<p><a class="hub-more" href="{part["href"]}" rel="nofollow">{words} {icon("arrow-right")}</a></p>'
    cards = "\n".join(card(row, of) for row in part["rows"])
    return (
        f'<div class="hub-agenda__day" id="d{day:%Y-%m-%d}"><h2 class="hub-agenda__date">{heading}</h2>'
        f'<div class="hub-agenda__items">{cards}{more}</div></div>'
    )
