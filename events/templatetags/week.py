"""Days of a week beside each other; written out, as months are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from events.templatetags.events import Drawing, address, clock, day_words, drawing, local, weekday
from hub.templatetags.pictures import icon
from hub.templatetags.words import counted, num

register = template.Library()

Row = Mapping[str, Any]
#: Part of the day → the hour that it ends before.
PARTS = {"whole": 0, "morning": 12, "day": 17, "evening": 24}


def part_of(row: Row, day: date) -> str:
    """In which part of `day` it stands: what is there from its morning on takes the whole of it."""
    if row["all_day"] or row["day"] < day:
        return "whole"
    hour = local(row["starts_at"], row).hour
    return next(part for part, end in PARTS.items() if hour < end)


@register.simple_tag
def week_days(days: Sequence[Mapping[str, Any]], home: str) -> SafeString:
    """`{% week_days days branch.timezone %}`: the seven days; parts of the day that stay empty take no room."""
    of = drawing(home)
    words = dict(
        zip(PARTS, (gettext("Весь день"), gettext("Утро"), gettext("День"), gettext("Вечер")), strict=True)
    )
    used = {part_of(row, one["day"]) for one in days for row in one["rows"]}
    # Each part says its name to ears; eyes see it once, at the side.
    labels = "".join(
        f'<span class="hub-week__part hub-week__part--{part}">{words[part]}</span>'
        for part in PARTS
        if part in used
    )
    return mark_safe(
        f'<div class="hub-week__parts" aria-hidden="true">{labels}</div>'
        + "".join(_day(one, of, used) for one in days)
    )


def _day(one: Mapping[str, Any], of: Drawing, used: set[str]) -> str:
    day: date = one["day"]
    look = f"{' is-today' if one['today'] else ''}{' is-past' if one['past'] else ''}"
    look += f"{' is-we' if day.weekday() > 4 else ''}{'' if one['total'] else ' is-free'}"
    parts: dict[str, list[str]] = {}
    for row in one["rows"]:
        parts.setdefault(part_of(row, day), []).append(_event(row, day, of))
    made = "".join(
        f'<ul class="hub-week__cell hub-week__cell--{part}">{"".join(parts[part])}</ul>'
        if part in parts
        else f'<div class="hub-week__gap hub-week__cell--{part}"></div>'
        for part in PARTS
        if part in used
    )
    full = escape(day_words(day))
    total = escape(counted(one["total"], "events"))
    current = ' aria-current="date"' if one["today"] else ""
    return (
        f'<section class="hub-week__day{look}" aria-labelledby="w{day:%Y-%m-%d}">'
        f'<h2 class="hub-week__d" id="w{day:%Y-%m-%d}"><a href="{one["href"]}" rel="nofollow"'
        f' aria-label="{escape(weekday(day))}, {full}, {total}"{current}>'
        f"<span>{escape(weekday(day))}</span> <b>{day.day}</b> <small>{full.split(' ', 1)[-1]}</small></a></h2>"
        f"{made}{_more(one, full) if one['more'] else ''}</section>"
    )


def _event(row: Row, day: date, of: Drawing) -> str:
    begins, look, marks = row["day"] == day, "", ""
    title = escape(row["title"])
    time, until = clock(row, of.home)
    if row["is_state"]:
        look, marks = " hub-wev--state", of.flag
    if row["cancelled_at"]:
        look, title = " hub-wev--off", f"{of.off} <s>{title}</s>"
    when = f"{time} {until}".strip() if begins else f"… {until}"
    place = f'<span class="hub-wev__place">{escape(row["place"])}</span>' if row["place"] else ""
    if row["is_online"] and not row["place"]:
        place = f'<span class="hub-wev__place">{escape(gettext("Онлайн"))}</span>'
    return (
        f'<li><a class="hub-wev{look}" href="{address(row["slug"])}">'
        f'<span class="hub-wev__time">{marks}{escape(when)}</span>'
        f'<span class="hub-wev__title">{title}</span>{place}</a></li>'
    )


def _more(one: Mapping[str, Any], full: str) -> str:
    shown = gettext("ещё %(n)s") % {"n": num(one["more"])}
    spoken = gettext("за %(day)s") % {"day": full}
    return (
        f'<p class="hub-week__more"><a href="{one["href"]}" rel="nofollow">{shown}<span class="hub-sr"> {spoken}</span> '
        f"{icon('arrow-right', 'sm')}</a></p>"
    )
