"""An event's own page."""

from __future__ import annotations

import json
import re
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import _json_script_escapes
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.choices import Age, Topic
from communities.views.cards import picture, small_picture
from communities.views.community import labels
from events.ics import rule
from events.models import Event, Occurrence
from events.recurrence import MOST
from events.rule_words import rule_words
from events.templatetags.events import clock, day_words, local, subscribing
from hub.choices import State
from hub.models import Branch
from hub.prepared import Prepared
from hub.public import public_page
from hub.small_pictures import ROW

#: So many dates of a series are named.
DATES = 12
_VENUE = (
    "venue__name", "venue__address", "venue__lat", "venue__lng", "venue__accessible", "venue__district__name",
)  # fmt: skip
_DATE = (
    "pk", "was_at", "starts_at", "ends_at", "day", "last_day", "all_day", "is_moved", "cancelled_at", "note",
    "going", "waiting", "walked_in", "own_title", "own_place", "place", *_VENUE,
)  # fmt: skip
_page = Prepared(
    lambda branch, slug: Event.objects.filter(branch_id=branch, slug=slug).published().whole(), int, str
)


def _coming_dates(event: int, now: datetime) -> QuerySet[Any, dict[str, Any]]:
    return Occurrence.objects.filter(event_id=event, ends_at__gt=now).order_by("starts_at").values(*_DATE)


_coming = Prepared(lambda event, now: _coming_dates(event, now)[: DATES + 1], int, datetime)
_all_coming = Prepared(lambda event, now: _coming_dates(event, now)[:MOST], int, datetime)
_last = Prepared(
    lambda event: Occurrence.objects.filter(event_id=event).order_by("-starts_at").values(*_DATE)[:1], int
)
_UNSEEN = {
    State.DRAFT: gettext_lazy("Пока это черновик: его видят только организаторы и координаторы."),
    State.SUBMITTED: gettext_lazy("Событие ждёт проверки координатора."),
    State.RETURNED: gettext_lazy("Координатор вернул событие: поправьте его и отправьте снова."),
}


@public_page
def event_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """What the city sees of an event; a draft only its people and the coordinators."""
    branch: Branch = request.branch  # type: ignore[attr-defined]
    return render(request, "events/event_detail.html", said(request, _seen(request, branch, slug), branch))


@public_page
def event_dates(request: HttpRequest, slug: str) -> HttpResponse:
    """All dates of a series that are still to come, as far as they are written down."""
    branch: Branch = request.branch  # type: ignore[attr-defined]
    event = _seen(request, branch, slug)
    dates = [date_of(row, event, branch) for row in _all_coming(event["pk"], timezone.now())]
    if not dates:  # the page of the event says why
        return redirect("event-detail", slug)
    context = {"event": event, "dates": dates, "repeats": words_of(event)}
    return render(request, "events/event_dates.html", context)


def _seen(request: HttpRequest, branch: Branch, slug: str) -> dict[str, Any]:
    """The row of the event, as far as the visitor may see it."""
    rows = _page(branch.pk, slug) or _unseen(request, branch, slug)
    if not rows:
        raise Http404
    return rows[0]


def words_of(event: dict[str, Any]) -> str:
    """How often it happens."""
    return rule_words(event["rrule"], local(event["starts_at"], event))


def _unseen(request: HttpRequest, branch: Branch, slug: str) -> list[dict[str, Any]]:
    """The row of an event that is not public, for those who work on it."""
    user = request.user
    found = Event.objects.in_branch(branch).filter(slug=slug)
    event = found.first() if user.is_authenticated else None
    if event and user.has_perm("events.edit_event", event):
        return list(found.whole())
    return []


def said(request: HttpRequest, event: dict[str, Any], branch: Branch) -> dict[str, Any]:
    """What the page says of an event, whose columns come under their names."""
    now = timezone.now()
    coming = _coming(event["pk"], now)
    over = not coming
    known = coming or _last(event["pk"])
    dates = [date_of(row, event, branch) for row in known]
    first = next((date for date in dates if not date["off"]), dates[0] if dates else None)
    if first is None:  # a rule that has no date within the horizon
        first = date_of(_own(event), event, branch)
    # The page tells where one goes next; dates at another place than that say so themselves.
    event = _on(event, first["row"])
    for date in dates:
        date["place"] = date["row"]["place"] if date["row"]["place"] != first["row"]["place"] else ""
    cover = picture(event["cover__file"]) if event["cover__is_public"] else ""
    draft = event["state"] != State.APPROVED
    several = bool(event["rrule"] or event["rdates"])
    return {
        "event": event,
        "draft": draft,
        "draft_words": _UNSEEN.get(event["state"], ""),
        "off": event["cancelled_at"] is not None or (not several and first["off"]),
        "over": over,
        "several": several,
        "first": first,
        "dates": [] if over else dates[:DATES],
        "more": len(coming) > DATES,
        "when_words": f"{day_words(first['day'])}, {first['time']}",
        "repeats": words_of(event),
        "where": ", ".join(part for part in (event["venue__name"], event["place"]) if part),
        "spot": _spot(event),
        "online_host": (urlsplit(event["online_url"]).hostname or "").removeprefix("www."),
        "ages": labels(Age, event["ages"]),
        "topics": [
            {"code": code, "label": Topic(code).label} for code in event["topics"] if code in Topic.values
        ],
        "organisers": [
            one | {"logo": small_picture(one["logo"], ROW) if one["logo_public"] else ""}
            for one in event["held_by"]
        ],
        "picture": cover,
        "small_picture": small_picture(event["cover__file"]) if cover else "",
        "add": _adding(request, event, dates if several and dates else [first], branch),
        "og_text": f"{day_words(first['day'])}, {first['time']}. {event['short'] or event['description'][:160]}",
        "data": "" if draft else structured(request, event, first, cover),
    }


def _spot(event: dict[str, Any]) -> list[dict[str, Any]]:
    """The one point of the event's map; empty when nobody has put its venue there."""
    lat, lng = event["venue__lat"], event["venue__lng"]
    if lat is None or lng is None:
        return []
    there = f"https://yandex.ru/maps/?pt={lng},{lat}&z=16&l=map"
    said = {"name": event["venue__name"], "note": event["venue__address"], "url": there}
    return [{"lat": lat, "lng": lng} | said]


def _on(event: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """The event at the place that this date has for its own, if it has one."""
    if row["own_place"] is None:
        return event
    return event | {"place": row["own_place"], **{name: row[name] for name in _VENUE}}


def _adding(
    request: HttpRequest, event: dict[str, Any], dates: list[dict[str, Any]], branch: Branch
) -> dict[str, str]:
    """Links that put the event into one's own calendar; `once`: the programs that take a copy of it.

    A link can hand a date to Outlook, and to Google a rule as well, but no dates that differ from it: there
    they subscribe.
    """
    ways = subscribing(request, reverse("event-ics", args=[event["slug"]]), event["title"])
    several = bool(event["rrule"] or event["rdates"])
    if several and not _follows_rule(event, dates):
        return ways | {"once": ""}
    row = dates[0]["row"]
    # What is counted is counted from the very first time.
    counted = several and "COUNT" in event["rrule"]
    starts, ends = (local((event if counted else row)[name], event) for name in ("starts_at", "ends_at"))
    if row["all_day"]:
        last = ends.date() if ends.time() == time.min else ends.date() + timedelta(days=1)
        span = f"{starts:%Y%m%d}/{last:%Y%m%d}"
    else:
        span = f"{starts:%Y%m%dT%H%M%S}/{ends:%Y%m%dT%H%M%S}"
    asked = {
        "action": "TEMPLATE",
        "text": dates[0]["title"] or event["title"],
        "dates": span,
        "ctz": event["timezone"],
        "location": ", ".join(part for part in (event["venue__name"], event["place"], branch.name) if part),
        "details": f"{event['short']}\n{request.build_absolute_uri(request.path)}".strip(),
    }
    if several:
        asked["recur"] = f"RRULE:{rule(event)}"
    google = {"google": f"https://calendar.google.com/calendar/render?{urlencode(asked)}"}
    if several:
        return ways | google | {"once": "google"}
    composed = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": asked["text"],
        "startdt": row["day"].isoformat() if row["all_day"] else starts.isoformat(),
        "enddt": (row["last_day"] + timedelta(days=1)).isoformat() if row["all_day"] else ends.isoformat(),
        "allday": "true" if row["all_day"] else "false",
        "location": asked["location"],
        "body": asked["details"],
    }
    outlook = {"outlook": f"https://outlook.live.com/calendar/0/deeplink/compose?{urlencode(composed)}"}
    return ways | google | outlook | {"once": "google outlook"}


def _follows_rule(event: dict[str, Any], dates: list[dict[str, Any]]) -> bool:
    """Whether the series is what its rule says, in all that is seen of it."""
    changed = ("cancelled_at", "is_moved", "own_title")
    differs = (
        event["exdates"]
        or event["rdates"]
        or any(date["row"][name] for date in dates for name in changed)
        or any(date["row"]["own_place"] is not None for date in dates)
    )
    return bool(event["rrule"]) and not differs


def _own(event: dict[str, Any]) -> dict[str, Any]:
    starts = event["starts_at"]
    day = local(starts, {"timezone": event["timezone"]}).date()
    return dict.fromkeys(_DATE) | {
        **{name: event[name] for name in ("starts_at", "ends_at", "all_day", "cancelled_at")},
        **{"was_at": starts, "day": day, "last_day": day, "note": ""},
    }


def date_of(row: dict[str, Any], event: dict[str, Any], branch: Branch) -> dict[str, Any]:
    """One time of the event, in words."""
    row = row | {"timezone": event["timezone"]}
    at, until = clock(row, branch.timezone)
    starts, home = local(row["starts_at"], row), row["starts_at"].astimezone(branch.tz)
    elsewhere = not row["all_day"] and starts.utcoffset() != home.utcoffset()
    moved = row["is_moved"] and row["was_at"] != row["starts_at"]
    return {
        "row": row,
        "day": row["day"],
        "time": at,
        "until": until,
        "iso": row["day"].isoformat() if row["all_day"] else starts.isoformat(),
        "off": row["cancelled_at"] is not None,
        "was": _moment_words(local(row["was_at"], row), row["all_day"]) if moved else "",
        "note": row["note"],
        "title": row["own_title"] or "",
        "place": row["place"] if row["own_place"] is not None else "",
        "here": _("по часам %(city)s: %(when)s")
        % {"city": branch.name_of, "when": _moment_words(home, all_day=False)}
        if elsewhere
        else "",
    }


def _moment_words(moment: datetime, all_day: bool) -> str:
    return day_words(moment.date()) if all_day else f"{day_words(moment.date())}, {moment:%H:%M}"


def structured(request: HttpRequest, event: dict[str, Any], date: dict[str, Any], cover: str) -> SafeString:
    """The event as schema.org Event, safe inside <script type="application/ld+json">."""
    site = request.build_absolute_uri("/").rstrip("/")
    url = request.build_absolute_uri(request.path)
    row = date["row"]
    off = date["off"] or event["cancelled_at"]
    status = "EventCancelled" if off else "EventRescheduled" if date["was"] else "EventScheduled"
    live, online = event["venue__name"] or event["place"], event["online_url"]
    mode = "Mixed" if live and online else "Online" if online else "Offline"
    about: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": url,
        "url": url,
        "name": date["title"] or event["title"],
        "description": event["short"] or event["description"][:300] or event["title"],
        "startDate": date["iso"],
        "endDate": row["last_day"].isoformat() if row["all_day"] else local(row["ends_at"], row).isoformat(),
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": f"https://schema.org/{mode}EventAttendanceMode",
        "organizer": [
            {"@type": "Organization", "name": one["name"], "url": f"{site}/communities/{one['slug']}/"}
            for one in event["held_by"]
        ],
    }
    if event["is_free"] is not None:
        about |= {"isAccessibleForFree": event["is_free"], "offers": _offer(event, url)}
    if date["was"]:
        about["previousStartDate"] = local(row["was_at"], row).isoformat()
    places: list[dict[str, Any]] = []
    if live:
        places.append(_place(event, request.branch.name))  # type: ignore[attr-defined]
    if online:
        places.append({"@type": "VirtualLocation", "url": online})
    if places:
        about["location"] = places if len(places) > 1 else places[0]
    if cover:
        about["image"] = request.build_absolute_uri(cover)
    return mark_safe(json.dumps(about, ensure_ascii=False).translate(_json_script_escapes))


def _place(event: dict[str, Any], city: str) -> dict[str, Any]:
    place: dict[str, Any] = {
        "@type": "Place",
        "name": event["venue__name"] or event["place"],
        "address": ", ".join(part for part in (city, event["venue__address"] or event["place"]) if part),
    }
    if event["venue__lat"] and event["venue__lng"]:
        place["geo"] = {
            "@type": "GeoCoordinates", "latitude": event["venue__lat"], "longitude": event["venue__lng"]
        }  # fmt: skip
    return place


def _offer(event: dict[str, Any], url: str) -> dict[str, Any]:
    offer = {"@type": "Offer", "url": url, "priceCurrency": "RUB"}
    if event["is_free"]:
        return offer | {"price": 0}
    amount = re.search(r"\d[\d\s]*", event["price"])
    return offer | (
        {"price": int(re.sub(r"\s", "", amount[0]))} if amount else {"description": event["price"]}
    )
