"""How events look in lists, and fragments of the calendar for pages of everybody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from html import escape
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.db.models import DateField
from django.db.models.functions import Cast, Now
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from communities.views.cards import small_picture
from events.choices import OrganiserState
from events.models import Occurrence
from events.querysets.occurrence import SHOWN
from events.recurrence import first_and_last_day
from hub.prepared import Prepared
from hub.small_pictures import ROW
from hub.templatetags.pictures import cover, icon
from hub.templatetags.states import pill

register = template.Library()

Row = Mapping[str, Any]
_zone = cache(ZoneInfo)


@cache
def _around(name: str) -> list[str]:
    return reverse(name, args=["slug"]).split("slug")


def address(slug: str, name: str = "event-detail") -> str:
    """Address of an event; written out, for months of hundreds."""
    before, after = _around(name)
    return f"{before}{slug}{after}"


# --- words of time ---------------------------------------------------------------------------------


def local(moment: datetime, row: Row) -> datetime:
    """By the clock of the place where it happens."""
    return moment.astimezone(_zone(row["timezone"]))


@register.filter
def day_words(day: date) -> str:
    """«16 января», and the year when it is another one."""
    return _day_words(day, "j E" if day.year == date.today().year else "j E Y", get_language())


@lru_cache(maxsize=4000)
def _day_words(day: date, pattern: str, language: str | None) -> str:
    return date_format(day, pattern)


@register.filter
def weekday(day: date) -> str:
    """«суббота»: in Russian a small letter begins it."""
    word = date_format(day, "l")
    return word.lower() if get_language() == "ru" else word


@register.filter
def month_words(day: date) -> str:
    """«Январь 2027»."""
    return date_format(day, "F Y")


def week_words(monday: date) -> str:
    """«11–17 января 2027», «28 декабря — 3 января»."""
    sunday = monday + timedelta(days=6)
    if monday.month == sunday.month:
        return f"{monday.day}–{day_words(sunday)}"
    return f"{day_words(monday)} — {day_words(sunday)}"


def zone_words(moment: datetime, home: str) -> str:
    """«UTC+1» where the clock differs from that of the branch; nothing where it does not."""
    if getattr(moment.tzinfo, "key", None) == home:
        return ""
    offset = moment.utcoffset()
    if offset is None or offset == moment.astimezone(_zone(home)).utcoffset():
        return ""
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes >= 0 else '−'}{hours}{f':{rest:02}' if rest else ''}"


class Phrases(NamedTuple):
    """What is said of each day and time, to be filled in."""

    today: str
    more: str
    of_day: str
    more_of_day: str
    whole_day: str
    until_day: str
    until_moment: str


@lru_cache
def phrases_in(language: str | None) -> Phrases:
    """A page has hundreds of them: looked up once a language."""
    return Phrases(
        today=gettext("Сегодня"),
        more=gettext("ещё %(n)s"),
        of_day=gettext("за %(day)s"),
        more_of_day=gettext("Ещё %(n)s за %(day)s"),
        whole_day=gettext("весь день"),
        until_day=gettext("до %(day)s включительно"),
        until_moment=gettext("до %(day)s, %(time)s"),
    )


def clock(row: Row, home: str) -> tuple[str, str]:
    """When it begins and how long it goes on, as words: («15:00», «до 17:00»); `home` is the branch's zone."""
    starts, ends = local(row["starts_at"], row), local(row["ends_at"], row)
    last = row["last_day"]
    several = last > row["day"]
    if row["all_day"]:
        said = phrases_in(get_language())
        return said.whole_day, said.until_day % {"day": day_words(last)} if several else ""
    zone = zone_words(starts, home)
    if several:
        day = day_words(ends.date())
        until = phrases_in(get_language()).until_moment % {"day": day, "time": _hours(ends)}
    else:
        until = f"—\u00a0{_hours(ends)}"
    return _hours(starts), f"{until} ({zone})" if zone else until


@register.filter
def hours(one: Any) -> str:
    """«15:00 — 17:00», «весь день до 18 января включительно»: of an event, a date or its row, by its own clock."""
    said = ("starts_at", "ends_at", "all_day", "timezone")
    row = {name: one[name] if isinstance(one, dict) else getattr(one, name) for name in said}
    row["day"], row["last_day"] = first_and_last_day(row["starts_at"], row["ends_at"], _zone(row["timezone"]))
    return " ".join(filter(None, clock(row, row["timezone"])))


# --- the way into other calendars --------------------------------------------------------------------


def subscribing(request: HttpRequest, path: str, name: str) -> dict[str, str]:
    """Links that subscribe to the feed at `path`; nothing is asked of those hosts until somebody clicks.

    Yandex takes no address from a link: it is pasted there. Google knows a calendar by webcal://, Outlook by https://.
    """
    url = request.build_absolute_uri(path)
    webcal = re.sub(r"^https?:", "webcal:", url)
    return {
        "path": path,
        "url": url,
        "webcal": webcal,
        "google": f"https://calendar.google.com/calendar/r?{urlencode({'cid': webcal})}",
        "yandex": "https://calendar.yandex.ru/week?sidebar=addFeed",
        "outlook": f"https://outlook.live.com/calendar/0/addfromweb?{urlencode({'url': url, 'name': name})}",
    }


@register.simple_tag
def add_ways(add: Mapping[str, str], feed: bool = False) -> SafeString:
    """`{% add_ways add %}`: these links as a menu; `feed` is a calendar that goes on, not one event.

    `once` of the links names the programs that are handed a copy; the others subscribe.
    """
    words = _add_ways if settings.DEBUG else _add_ways_kept
    made = words(feed, add.get("once", ""), get_language())
    return mark_safe(made % {name: escape(address) for name, address in add.items()})


def _add_ways(feed: bool, once: str, language: str | None) -> str:
    """The menu with places for its links: an event's page has it twice, and only these differ."""
    add = {name: f"%({name})s" for name in ("path", "url", "webcal", "google", "yandex", "outlook")}
    return render_to_string("events/_add_ways.html", {"add": add, "feed": feed, "once": once.split()})


_add_ways_kept = cache(_add_ways)


# --- a month has some hundreds of these: as templates they would be most of its cost ---------------


class Drawing(NamedTuple):
    """The parts that events are drawn of, looked up once a page; `home` is the branch's zone."""

    home: str
    off: str
    flag: str
    pin: str
    people: str
    pill_off: str
    pill_state: str
    pill_online: str
    pill_paid: str


def drawing(home: str) -> Drawing:
    return _drawing(home, get_language(), icon("flag"))


@lru_cache(maxsize=100)
def _drawing(home: str, language: str | None, _sprite: str) -> Drawing:
    state = gettext("Государственное")
    return Drawing(
        home=home,
        off=gettext("Отменено:"),
        flag=icon("flag", label=state),
        pin=icon("map-pin"),
        people=icon("users"),
        pill_off=pill(tone="bad", icon="ban", label=gettext("Отменено")),
        pill_state=pill(tone="info", icon="flag", label=state),
        pill_online=pill(icon="world", label=gettext("Онлайн")),
        pill_paid=pill(icon="coins", label=gettext("Платно")),
    )


#: What is written of an event is drawn on page after page, and on one page more than once.
written = lru_cache(maxsize=20_000)(escape)


def line(row: Row, day: date, of: Drawing) -> str:
    """An event in its cell of the month."""
    title, time, flag, look = written(row["title"]), "", "", ""
    begins = row["day"] == day
    if begins and not row["all_day"]:
        starts = local(row["starts_at"], row)
        zone = zone_words(starts, of.home)
        time = f"<time>{_hours(starts)}</time>" + (f"<small>{zone}</small>" if zone else "")
    if row["is_state"]:
        look, flag = " hub-ev--state", of.flag
    if row["cancelled_at"]:
        look, title = " hub-ev--off", f"{of.off} <s>{title}</s>"
    elif not begins:
        title = f"… {title}"
    return f'<a class="hub-ev{look}" href="{address(row["slug"])}">{flag}{time}<span>{title}</span></a>'


def _hours(moment: datetime) -> str:
    return moment.isoformat()[11:16]  # half the price of strftime


@register.simple_tag
def event_dated(row: Row, home: str, level: int = 3) -> SafeString:
    """`{% event_dated row branch.timezone %}`: an event with its day, in a list that is not parted into days."""
    return mark_safe(card(row, drawing(home), level, f"{day_words(row['day'])}, {weekday(row['day'])}, "))


def card(row: Row, of: Drawing, level: int = 3, day: str = "") -> str:
    """An event in a list, `held_by` of the row names who holds it; what somebody wrote is escaped, the rest is ours."""
    time, until = clock(row, of.home)
    look, notes, meta = "", "", ""
    if row["is_state"]:
        look, notes = " hub-event--state", of.pill_state
    if row["cancelled_at"] is not None:
        look, notes = " hub-event--off", f"{of.pill_off} {notes}"
    if row["is_online"]:
        notes += f" {of.pill_online}"
    if row["is_free"] is False:
        notes += f" {of.pill_paid}"
    if row["place"]:
        meta = f"<span>{of.pin}{written(row['place'])}</span>"
    if row.get("held_by"):
        meta += f"<span>{of.people}{written(row['held_by'])}</span>"
    return (
        f'<article class="hub-event{look}">{cover(row["slug"], picture=small_picture(row["cover"], ROW))}'
        '<div class="hub-event__body">'
        f'<p class="hub-event__time">{day}{time} <span>{until}</span></p>'
        f'<h{level} class="hub-event__title"><a href="{address(row["slug"])}">{written(row["title"])}</a></h{level}>'
        + (f'<p class="hub-event__meta">{meta}</p>' if meta else "")
        + (f'<p class="hub-row hub-nogap hub-event__notes">{notes.strip()}</p>' if notes else "")
        + "</div></article>"
    )


# --- fragments for pages of other apps: one query each, written once --------------------------------

#: So many are named there.
NAMED, ON_HOME = 3, 4
_of_community = Prepared(
    lambda community: (
        Occurrence.objects.filter(
            event__organisers__community=community,
            event__organisers__state=OrganiserState.ACCEPTED,
            is_listed=True,
            ends_at__gt=Now(),
        )
        .order_by("starts_at", "pk")
        .values(*SHOWN)[:NAMED]
    ),
    int,
)
#: What begins within seven days; the index of the calendar gives the first few at once.
_this_week = Prepared(
    lambda branch: (
        Occurrence.objects.filter(
            branch=branch,
            is_listed=True,
            cancelled_at=None,
            day__gte=Cast(Now() - timedelta(days=1), DateField()),
            day__lte=Cast(Now() + timedelta(days=7), DateField()),
            ends_at__gt=Now(),
        )
        .order_by("day", "starts_at", "pk")
        .values(*SHOWN)[:ON_HOME]
    ),
    int,
)


@register.inclusion_tag("events/_upcoming.html", takes_context=True)
def upcoming_events(context: template.Context, community: Any = None) -> dict[str, Any]:
    """`{% upcoming_events community=community %}`: what it holds next; without one, the city's week."""
    branch = context["branch"]
    rows = _of_community(community.pk) if community else _this_week(branch.pk)
    return {"branch": branch, "rows": rows, "community": community}
