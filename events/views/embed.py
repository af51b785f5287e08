"""The calendar on other sites: a list in a frame, the script that puts it there, the page that gives the code."""

from __future__ import annotations

from functools import cache
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from events.querysets.occurrence import SHOWN
from events.templatetags.events import clock, weekday
from events.views.asked import Asked, asked
from events.views.calendar_bar import filter_boxes
from hub.public import public_page

THEMES = {
    "auto": gettext_lazy("Как у посетителя: светлый или тёмный"),
    "light": gettext_lazy("Светлый"),
    "dark": gettext_lazy("Тёмный"),
}
#: How many events a frame may show.
SIZES = (3, 5, 10, 20)
USUAL = 5
#: Of what goes on for many days so many stand before the rest.
LASTING = 2
#: How long other sites may keep the script.
SCRIPT_SECONDS = 3600


def _theme(request: HttpRequest) -> str:
    said = request.GET.get("theme", "")
    return said if said in THEMES else "auto"


def _size(request: HttpRequest) -> int:
    said = request.GET.get("n", "")
    return int(said) if said in map(str, SIZES) else USUAL


# Anybody may frame this page, and this page alone: it has no account, no form and no cookie.
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@public_page
def calendar_embed(request: HttpRequest) -> HttpResponse:
    """`/calendar/embed/?theme=dark&n=5`, and the filters of the calendar."""
    question, size = asked(request), _size(request)
    fitting = question.fitting.alive()
    # All of them are read: asked for the first, Postgres would look through every date there ever was.
    rows = list(fitting.going_on_at(question.today).values(*SHOWN))[:LASTING]
    coming = fitting.filter(day__gte=question.today, ends_at__gt=question.now)
    rows += coming.order_by("day", "starts_at", "pk").values(*SHOWN)[: size - len(rows)]
    home = question.branch.timezone
    context = {
        "theme": _theme(request),
        "rows": [_words(row, question, home) for row in rows],
        "whole": request.build_absolute_uri(question.address(theme=None, n=None)),
        "chosen": question.chosen,
    }
    response = render(request, "events/embed.html", context)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _words(row: dict[str, Any], question: Asked, home: str) -> dict[str, Any]:
    time, until = clock(row, home)
    day = max(row["day"], question.today)
    return row | {"shown": day, "when": f"{weekday(day)}, {time}" if row["day"] == day else until}


@cache
def _script() -> bytes:
    path = finders.find("hub/js/embed.js")
    with open(path, "rb") as file:
        return file.read()


@require_safe
def embed_script(request: HttpRequest) -> HttpResponse:
    """`/calendar/embed.js`: an address that never changes, for pages that nobody of ours will ever edit."""
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = f"public, max-age={SCRIPT_SECONDS}"
    return response


@csp_update({"frame-src": [SELF]})
@public_page
def embed_code(request: HttpRequest) -> HttpResponse:
    """What to show, how it looks there, and the code to copy."""
    question, theme, size = asked(request), _theme(request), _size(request)
    query = QueryDict(mutable=True)
    for group, values in question.chosen.items():
        query.setlist(group, values)
    query["theme"], query["n"] = theme, str(size)
    title = _("Календарь сообществ %(city)s") % {"city": question.branch.name_of}
    context = {
        "asked": question,
        "groups": filter_boxes(question),
        "themes": [{"value": code, "label": label, "here": code == theme} for code, label in THEMES.items()],
        "sizes": [{"value": number, "here": number == size} for number in SIZES],
        "query": query.urlencode(),
        "frame": request.build_absolute_uri(f"{reverse('calendar-embed')}?{query.urlencode()}"),
        "script": request.build_absolute_uri(reverse("calendar-embed-js")),
        "frame_title": title,
        "height": 130 + 76 * size,
    }
    return render(request, "events/embed_code.html", context)
