"""What stands above the days of the calendar: the question as steps, links and boxes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from communities.models import Community
from events.filters import FLAGS, OccurrenceFilterSet
from events.templatetags.events import month_words, subscribing, week_words
from events.views.asked import FIRST, ONE, Asked, next_month, week_code
from hub.public import kept

NEAR_WORDS = {
    "today": gettext_lazy("Сегодня"),
    "tomorrow": gettext_lazy("Завтра"),
    "weekend": gettext_lazy("Эти выходные"),
}


def bar(request: HttpRequest, question: Asked) -> dict[str, Any]:
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


def _steps(question: Asked) -> dict[str, Any]:
    """The period before the one that is looked at and the one after it, and the way back to now."""
    if question.of_weeks:
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
