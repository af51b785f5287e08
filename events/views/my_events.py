"""All events that one works on, part by part."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from communities.views.census import host_branch
from events.querysets.mine import PARTS, events_of_person, how_many, part_of

PAGE = 20
LABELS = {
    "": gettext_lazy("Все текущие"),
    "coming": gettext_lazy("Предстоящие"),
    "draft": gettext_lazy("Черновики"),
    "submitted": gettext_lazy("На проверке"),
    "returned": gettext_lazy("Вернули"),
    "past": gettext_lazy("Прошедшие и отменённые"),
}


@login_required
@require_safe
def my_events(request: HttpRequest) -> HttpResponse:
    """`/cabinet/events/?state=`: one part of them; unasked, everything that is not over."""
    said = request.GET.get("state", "")
    part = said if said in PARTS else ""
    events = events_of_person(request.user, host_branch(request))
    counts = how_many(events)
    counts[""] = sum(number for code, number in counts.items() if code != "past")
    chips = [
        {"label": label, "href": f"{request.path}?state={code}" if code else request.path, "on": code == part,
         "count": counts[code]}
        for code, label in LABELS.items()
    ]  # fmt: skip
    pages = Paginator(part_of(events, part), PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "chips": chips,
        "part": part,
        "page": page,
        "rows": list(page),
        "none": not any(counts.values()),
    }
    return render(request, "events/my_event_list.html", context)
