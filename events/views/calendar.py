"""The calendar of the city: a month as a grid, days as a list; what is asked for stands in the address."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from communities.models import Community
from events.filters import FLAGS, OccurrenceFilterSet
from events.models import Occurrence
from events.querysets import OccurrenceQuerySet
from events.querysets.occurrence import A_DAY, SHOWN, Day, days_of
from events.templatetags.events import day_words, month_words, subscribing, week_words, weekday
from events.views.asked import FIRST, ONE, Asked, asked, next_month, week_code
from events.views.calendar_map import off_map
from events.views.clashes_week import of_week
from events.views.week import week
from hub.models import Branch
from hub.prepared import Prepared
from hub.public import kept, public_page

PAGE, DEEPEST = 40, 50
#: Paper has no «ещё N» to press: so much of each day is written out.
ON_PAPER = 60
#: A phone shows so many of the month's busy days under its grid; the list has the rest.
PHONE_DAYS = 7
NEAR_WORDS = {
    "today": gettext_lazy("Сегодня"),
    "tomorrow": gettext_lazy("Завтра"),
    "weekend": gettext_lazy("Эти выходные"),
}


@public_page
def calendar(request: HttpRequest) -> HttpResponse:
    """`/calendar/`: a month, week, list or map (`view`) of the days that are asked for, by the filters.

    Days: `?month=2027-01`, `?week=2027-W03`, `?day=2027-01-16`, `?when=today|tomorrow|weekend`.
    """
    question = asked(request)
    context: dict[str, Any] = {
        "asked": question,
        "view": question.view,
        "first": question.first,
        "title": _period(question),
        "usual": question.usual and (*question.usual, request.scheme, request.get_host()),
        "bar": cache(lambda: _bar(request, question)),
        "clashes": cache(
            lambda: of_week(request, question.week if _of_weeks(question) else question.this_week)
        ),
    }
    context |= _BODIES[question.view](question)
    if not context["any"]:
        nearest = question.fitting.alive().filter(day__gt=context["until"]).order_by("day")
        context["nearest"] = nearest.values_list("day", flat=True).first()
    return render(request, f"events/calendar_{question.view}.html", context)


def _bar(request: HttpRequest, question: Asked) -> dict[str, Any]:
    """What stands above the days: of most visitors' questions it is kept, so this is read when it is drawn."""
    chips = _chips(question)
    return _steps(question) | {
        "views": _views(question),
        "paper": question.address(print="1") if question.view == "month" and not question.on_paper else "",
        "chips": chips,
        "chosen_words": ", ".join(
            str(chip["label"])
            for chip in chips
            if chip.get("remove") or (chip["on"] and not chip.get("near"))
        ),
        "groups": filter_boxes(question),
        "kept": [
            (name, request.GET[name])
            for name in ("view", "month", "week", "day", "when")
            if name in request.GET
        ],
        "feed": subscribing(
            request, question.feed, _("Календарь сообществ %(city)s") % {"city": question.branch.name_of}
        ),
        "embed_query": question.feed.removeprefix(reverse("calendar-ics")),
    }


def _of_weeks(question: Asked) -> bool:
    return question.view == "week" or question.named_week is not None


def _period(question: Asked) -> str:
    return week_words(question.week) if _of_weeks(question) else month_words(question.first)


def _steps(question: Asked) -> dict[str, Any]:
    """The period before the one that is looked at and the one after it, and the way back to now."""
    if _of_weeks(question):
        monday, now = question.week, question.this_week
        around, words, first_day = (monday - 7 * ONE, monday + 7 * ONE), week_words, "week"
        code, label = week_code, _("Эта неделя")
    else:
        monday, now = question.first, question.today.replace(day=1)
        around, words, first_day = ((monday - ONE).replace(day=1), next_month(monday)), month_words, "month"
        code, label = (lambda day: f"{day:%Y-%m}"), _("Этот месяц")
    elsewhere: dict[str, str | None] = dict.fromkeys(("day", "when", "week", "month"))
    before, after = (
        {"label": words(day), "href": question.address(**elsewhere | {first_day: code(day)})}
        if FIRST <= day <= question.last
        else None
        for day in around
    )
    is_now = monday == now and not (question.view in ("list", "map") and (question.day or question.when))
    return {
        "before": before,
        "after": after,
        "now": "" if is_now else question.address(**elsewhere),
        "now_label": label,
    }


# --- a month ---------------------------------------------------------------------------------------


def _month(question: Asked) -> dict[str, Any]:
    first, today = question.first, question.today
    last = next_month(first) - ONE
    since, until = first - first.weekday() * ONE, last + (6 - last.weekday()) * ONE
    if question.on_paper:
        shown = question.fitting.month(since, until, ON_PAPER)
    elif question.chosen:
        shown = question.fitting.month(since, until)
    else:
        shown = _whole(question.branch, since, until)
    day_address = question.day_address()
    cells = [
        {
            "day": day,
            "rows": found.rows[:A_DAY],
            "rest": found.rows[A_DAY:],
            "more": max(found.total - A_DAY, 0),
            "total": found.total,
            "out": not first <= day <= last,
            "today": day == today,
            "href": day_address(day),
        }
        for day, found in shown.items()
    ]
    begin = today if first <= today <= last else first
    busy = [cell for cell in cells if cell["rows"] and begin <= cell["day"] <= last]
    agenda = busy[:PHONE_DAYS]
    name_communities(question.branch, (row for cell in agenda for row in cell["rows"]))
    return {
        "weeks": [cells[at : at + 7] for at in range(0, len(cells), 7)],
        "agenda": agenda,
        "crowded": [cell for cell in cells if cell["more"]],
        "whole_list": question.address(view="list") if len(busy) > PHONE_DAYS else "",
        "any": any(cell["total"] for cell in cells if not cell["out"]),
        "until": last,
    }


def _prepared(read: Callable[..., Any]) -> Prepared:
    """A read of the month of everything, which is asked for most."""
    return Prepared(
        lambda branch, since, until: read(Occurrence.objects.filter(branch_id=branch).listed(), since, until),
        *(int, date, date),
    )


_begun = _prepared(OccurrenceQuerySet.begun_by_day)
_shown = _prepared(OccurrenceQuerySet.first_of_days)
_lasting = _prepared(OccurrenceQuerySet.lasting_into)


def _whole(branch: Branch, since: date, until: date) -> dict[date, Day]:
    asked = (branch.pk, since, until)
    return days_of(since, until, begun=_begun(*asked), shown=_shown(*asked), lasting=_lasting(*asked))


# --- a list ----------------------------------------------------------------------------------------


def _list(question: Asked) -> dict[str, Any]:
    return _agenda(question, question.fitting) | _mini(question)


def _agenda(question: Asked, fitting: OccurrenceQuerySet) -> dict[str, Any]:
    """A page of the days that are asked for."""
    since, until = question.days
    text = question.data.get("page", "")
    page = min(max(int(text), 1), DEEPEST) if text.isascii() and text.isdigit() and len(text) < 4 else 1
    at = (page - 1) * PAGE
    rows = list(fitting.starting_on(since, until).values(*SHOWN)[at : at + PAGE + 1])
    following = len(rows) > PAGE and page < DEEPEST
    rows = rows[:PAGE]
    if page == 1:
        rows = [*list(fitting.going_on_at(since).values(*SHOWN))[:PAGE], *rows]
    name_communities(question.branch, rows)
    groups = groupby(rows, key=lambda row: max(row["day"], since))
    here = question.data.copy()
    return {
        "agenda": [
            {"day": day, "rows": list(found), "today": day == question.today} for day, found in groups
        ],
        "any": bool(rows),
        "until": until,
        "title": _title(question, since),
        "past": question.address(past="1")
        if since == question.today != question.first and not (question.day or question.when)
        else "",
        "previous": _page(here, page - 1) if page > 1 else "",
        "next": _page(here, page + 1) if following else "",
    }


def _mini(question: Asked) -> dict[str, Any]:
    """The month as bare numbers, beside the list."""
    first, last = question.first, next_month(question.first) - ONE
    busy = question.fitting.busy_days(first - first.weekday() * ONE, last + (6 - last.weekday()) * ONE)
    day_address = question.day_address()
    cells = [
        {
            "day": day,
            "total": total,
            "out": not first <= day <= last,
            "today": day == question.today,
            "here": day == question.day,
            "href": day_address(day),
        }
        for day, total in busy.items()
    ]
    return {"weeks": [cells[at : at + 7] for at in range(0, len(cells), 7)]}


def _map(question: Asked) -> dict[str, Any]:
    """The days that are asked for on the map: what stands on it as a list, and apart what has no place there."""
    shown = _agenda(question, question.fitting.on_map())
    apart = off_map(question)
    name_communities(question.branch, apart)
    return shown | {
        "source": question.address("calendar-map"),
        "online": [row for row in apart if row["is_online"]],
        "nowhere": [row for row in apart if not row["is_online"]],
        "any": shown["any"] or bool(apart),
    }


#: View → what its page shows.
_BODIES: dict[str, Callable[[Asked], dict[str, Any]]] = {
    "month": _month,
    "week": week,
    "list": _list,
    "map": _map,
}


def _page(query: QueryDict, number: int) -> str:
    query["page"] = str(number)
    return f"?{query.urlencode()}"


def _title(question: Asked, since: date) -> str:
    if question.day:
        return f"{day_words(since)}, {weekday(since)}"
    if question.when:
        return str(NEAR_WORDS[question.when])
    return week_words(since) if question.named_week else month_words(since)


def name_communities(branch: Branch, rows: Iterable[dict[str, Any]]) -> None:
    """Say in each row who holds it."""
    names = names_of_communities(branch)
    for row in rows:
        row["held_by"] = ", ".join(names[key] for key in row["communities"] if key in names)


def names_of_communities(branch: Branch) -> dict[int, str]:
    """Key → name of the listed communities."""
    return named_communities(branch)[0]


def named_communities(branch: Branch) -> tuple[dict[int, str], str]:
    """The same, and a word that is other whenever one of them is."""

    def read() -> tuple[dict[int, str], str]:
        listed = Community.objects.in_branch(branch).listed().exclude(current__name="")
        names = dict(listed.order_by("pk").values_list("pk", "current__name"))
        return names, hashlib.blake2b(repr(names).encode(), digest_size=8).hexdigest()

    return kept(("names of communities", branch.pk), read)


# --- the question as links -------------------------------------------------------------------------


def _views(question: Asked) -> list[dict[str, Any]]:
    here, dropped = question.view, {"day": None, "when": None, "week": None}
    month = f"{question.first:%Y-%m}" if question.first != question.today.replace(day=1) else None
    monday = None if question.week == question.this_week else week_code(question.week)
    links = {
        "month": question.address(view=None, month=month, **dropped),
        "week": question.address(**dropped | {"view": "week", "month": None, "week": monday}),
        "list": question.address(view="list", **dropped if here == "list" else {}),
        "map": question.address(view="map"),
    }
    return [
        {"label": label, "icon": sign, "here": here == code, "href": links[code]}
        for code, label, sign in (
            ("month", _("Месяц"), "calendar"),
            ("week", _("Неделя"), "columns"),
            ("list", _("Список"), "list"),
            ("map", _("Карта"), "map-2"),
        )
    ]


def _chips(question: Asked) -> list[dict[str, Any]]:
    """What is asked for most, on and off; then everything else that was chosen, to be taken off."""
    view = "map" if question.view == "map" else None
    chips = [
        {
            "label": label,
            "on": question.when == code,
            "near": True,
            "href": question.address(
                when=None if question.when == code else code,
                day=None,
                month=None,
                week=None,
                view=view,
                past=None,
            ),
        }
        for code, label in NEAR_WORDS.items()
    ]
    quick = {
        "state": _("Государственные"),
        "free": _("Бесплатно"),
        "online": _("Онлайн"),
        "age": _("С детьми"),
    }
    for group, label in quick.items():
        value = "families" if group == "age" else "true"
        taken = question.chosen.get(group, [])
        left = [one for one in taken if one != value]
        on = value in taken
        more = [*left, value] if group == "age" else [value]
        chips.append({"label": label, "on": on, "href": question.address(**{group: left if on else more})})
    names = _names(question) if question.chosen else {}
    for group, values in question.chosen.items():
        for value in values:
            if group in quick and value in ("true", "families"):
                continue
            label = names[group].get(value, value)
            if group in FLAGS:
                label = _("Нет: %(what)s") % {"what": names[group]["true"]}
            left = [one for one in values if one != value]
            chips.append({"label": label, "remove": True, "href": question.address(**{group: left})})
    return chips


def _names(question: Asked) -> dict[str, dict[str, Any]]:
    names = {group: dict(options) for group, options in OccurrenceFilterSet.options().items()}
    names["district"] = {one.slug: one.name for one in question.districts}
    names["community"] = {}
    if slugs := question.chosen.get("community"):
        found = Community.objects.in_branch(question.branch).listed().filter(slug__in=slugs)
        names["community"] = dict(found.values_list("slug", "current__name"))
    return names


def filter_boxes(question: Asked) -> str:
    """The form of filters, without its buttons: fifty boxes that seldom change."""
    chosen = sorted((group, *values) for group, values in question.chosen.items())
    return kept(
        ("filters of the calendar", question.branch.pk, get_language(), *chosen),
        lambda: render_to_string("events/_calendar_groups.html", {"groups": _groups(question)}),
    )


def _groups(question: Asked) -> list[dict[str, Any]]:
    labels, options = OccurrenceFilterSet.base_filters, OccurrenceFilterSet.options()
    options["district"] = [(one.slug, one.name) for one in question.districts]

    def made(group: str) -> list[dict[str, Any]]:
        taken = question.chosen.get(group, [])
        return [
            {"name": group, "value": value, "label": label, "checked": value in taken}
            for value, label in options[group]
        ]

    groups = [
        {"name": group, "title": labels[group].label, "options": made(group)}
        for group in ("district", "age", "topic")
    ]
    flags = [option for group in FLAGS for option in made(group)]
    return [
        group
        for group in (*groups, {"name": "flags", "title": _("Ещё"), "options": flags})
        if group["options"]
    ]
