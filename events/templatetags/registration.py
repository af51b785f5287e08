"""Registering, as events, cabinets and their pages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.choices import RegistrationState
from events.models import Event, Registration

register = template.Library()

#: So many dates are offered on the event's own page, and named in the cabinet.
OFFERED, IN_CABINET = 4, 3


def seats_words(row: Mapping[str, Any], capacity: int | None) -> str:
    """«осталось 3 места», «мест нет, в листе ожидания вы будете 4-й»; `row` has `going`, `waiting`, `walked_in`."""
    if capacity is None:
        n = row["going"]
        return ngettext("записался %(n)s человек", "записались %(n)s человек", n) % {"n": n} if n else ""
    left = max(0, capacity - row["going"] - row["walked_in"])
    # Whoever waits already comes first.
    if left and not row["waiting"]:
        return ngettext("осталось %(n)s место", "осталось %(n)s мест", left) % {"n": left}
    return _("мест нет, можно в лист ожидания: вы будете %(n)s-й") % {"n": row["waiting"] + 1}


def is_full(row: Mapping[str, Any], capacity: int | None) -> bool:
    return capacity is not None and (row["going"] + row["walked_in"] >= capacity or row["waiting"] > 0)


def mine_of(user: Any, dates: Sequence[int]) -> dict[int, Registration]:
    """Date → the person's registration for it, with its `place` in the line where it waits."""
    if not dates or not user.is_authenticated:
        return {}
    rows = list(Registration.objects.live().of(user).filter(occurrence__in=dates))
    with_places(rows)
    return {row.occurrence_id: row for row in rows}


def with_places(rows: Sequence[Registration]) -> None:
    """Tell each of the rows that waits its place in the line."""
    waiting = [row.occurrence_id for row in rows if row.state == RegistrationState.WAITING]
    places = Registration.objects.places(waiting) if waiting else {}
    for row in rows:
        row.place = places.get(row.pk, 0)  # type: ignore[attr-defined]


def offers(
    event: Mapping[str, Any], dates: Sequence[dict[str, Any]], user: Any, now: datetime
) -> list[dict[str, Any]]:
    """What a visitor is offered on each of the dates (events.views.event.date_of)."""
    rows = [date["row"] for date in dates if date["row"]["pk"]]
    mine = mine_of(user, [row["pk"] for row in rows])
    return [
        {
            "date": date,
            "pk": date["row"]["pk"],
            "mine": mine.get(date["row"]["pk"]),
            "begun": date["row"]["starts_at"] <= now,
            "off": date["off"] or event["cancelled_at"] is not None,
            "full": is_full(date["row"], event["capacity"]),
            "words": seats_words(date["row"], event["capacity"]),
        }
        for date in dates
        if date["row"]["pk"]
    ]


@register.inclusion_tag("events/_registration.html", takes_context=True)
def registration(context: template.Context) -> dict[str, Any]:
    """`{% registration %}` on an event's own page: seats, and the way to one.

    For visitors without an account it is the same for everybody and holds no form: the page is kept.
    """
    event, request = context["event"], context["request"]
    if not event["takes_registrations"] or context["over"]:
        return {}
    dates = context["dates"] if context["several"] else [context["first"]]
    made = offers(event, dates[:OFFERED], request.user, timezone.now())
    # The bar under the thumb leads here as long as there is something to do.
    context["registering"] = "mine" if any(offer["mine"] for offer in made) else _still_open(made)
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "event": event,
        "draft": context["draft"],
        "several": context["several"],
        "offers": made,
        "more": len(dates) > OFFERED,
        "signed_in": request.user.is_authenticated,
    }


def _still_open(made: Sequence[Mapping[str, Any]]) -> str:
    """«open» while one of the dates can be registered for, «waiting» when only the line of waiting is left."""
    dates = [offer for offer in made if not offer["off"] and not offer["begun"]]
    if not dates:
        return ""
    return "waiting" if all(offer["full"] for offer in dates) else "open"


@register.simple_tag(takes_context=True)
def why_sign_in(context: template.Context) -> str:
    """The event that somebody signs in for: its name, when the way leads to registering for it."""
    request = context["request"]
    path = (request.POST.get("next") or request.GET.get("next") or "").split("?")[0]
    try:
        asked = resolve(path)
    except Resolver404:
        return ""
    if asked.url_name != "event-register" or request.branch is None:
        return ""
    rows = Event.objects.in_branch(request.branch).published().filter(slug=asked.kwargs["slug"])
    return rows.values_list("title", flat=True).first() or ""


@register.inclusion_tag("events/_attendance_link.html", takes_context=True)
def attendance_link(context: template.Context) -> dict[str, Any]:
    """`{% attendance_link %}`: to the list of who comes, for those who may see it."""
    event, user = context["event"], context["request"].user
    shown = event.takes_registrations or any(date.going for date in context["coming"])
    return {"event": event, "shown": shown and user.has_perm("events.see_registrations", event)}


@register.inclusion_tag("events/_my_registrations.html", takes_context=True)
def my_registrations(context: template.Context) -> dict[str, Any]:
    """`{% my_registrations %}`: where the person is going next, for the cabinet."""
    request = context["request"]
    rows = Registration.objects.live().of(request.user).in_branch(request.branch).to_come(timezone.now())
    found = list(rows.select_related("occurrence__event")[: IN_CABINET + 1])
    return {"rows": found[:IN_CABINET], "more": len(found) > IN_CABINET}
