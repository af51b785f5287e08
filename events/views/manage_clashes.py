"""Clash warnings: who else is at the place, or with the same people, at that time. A warning, never a ban."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from communities.models import Community
from communities.views.census import host_branch
from events.actions.copying import held_by
from events.forms.event import EventForm
from events.models import Event, Occurrence
from events.querysets.clashes import Clash, Plan, clashes
from events.querysets.slots import free_slots
from events.recurrence import BadRule, times
from hub.approvals import Refused
from hub.numbers import number_of

#: Of a series so many dates are looked at, so far ahead.
DATES, AHEAD = 12, timedelta(weeks=26)
REASON_WORDS = {
    "venue": gettext_lazy("та же площадка"),
    "audience": gettext_lazy("те же люди и район"),
    "topic": gettext_lazy("та же тема"),
}


@require_safe
def event_clashes(request: HttpRequest) -> HttpResponse:
    """A piece of the form: what it would clash with as it is filled in now."""
    if not request.user.is_authenticated:  # no sign-in page into the middle of a form
        return HttpResponse(status=401)
    branch = host_branch(request)
    event = None
    if edited := number_of(request.GET.get("event")):
        event = Event.objects.in_branch(branch).filter(pk=edited).first()
        if event and not request.user.has_perm("events.edit_event", event):
            event = None
    form = EventForm(request.GET, branch=branch, event=event)
    form.full_clean()
    plan = plan_of_form(form, event, _home(request, event))
    context = warning(plan, form.zone) if plan else {}
    return render(request, "events/clashes.html", context | {"typing": True})


def _home(request: HttpRequest, event: Event | None) -> int | None:
    """The district of those who hold it: an event without a venue is found there."""
    if event:
        return held_by(event.organisers.holding()).district
    slug = request.GET.get("community", "").replace("\x00", "")
    rows = Community.objects.in_branch(host_branch(request)).filter(slug=slug)
    return rows.values_list("current__district", flat=True).first()


def plan_of_form(form: EventForm, event: Event | None, home: int | None = None) -> Plan | None:
    """What the form says so far, `home` where it names no place; None while its times are not known."""
    said = form.cleaned_data
    if "starts_at" not in said:
        return None
    venue, new_district = said.get("venue"), said.get("venue_district")
    # Unsaved: only for counting the dates of the rule.
    sketch = Event(
        timezone=str(form.zone),
        starts_at=said["starts_at"],
        ends_at=said["ends_at"],
        all_day=bool(said.get("all_day")),
        rrule=form.rrule,
    )
    coming = _next_times(sketch)
    starts_at, ends_at = coming[0] if coming else (said["starts_at"], said["ends_at"])
    return Plan(
        branch=form.branch,
        starts_at=starts_at,
        ends_at=ends_at,
        venue=venue,
        district=venue.district_id if venue else new_district.pk if new_district else home,
        ages=said.get("ages") or (),
        topics=said.get("topics") or (),
        event=event.pk if event else None,
        times=coming,
    )


def plan_of_event(event: Event, coming: Sequence[Occurrence]) -> Plan:
    """What is announced, and will happen from now on."""
    # A date at a place of its own is in nobody's way here.
    rows = [row for row in coming if row.cancelled_at is None and row.own_place is None]
    dates = [(row.starts_at, row.ends_at) for row in rows[:DATES]] or [(event.starts_at, event.ends_at)]
    return Plan(
        branch=event.branch,
        starts_at=dates[0][0],
        ends_at=dates[0][1],
        venue=event.venue,
        district=rows[0].district_id if rows else event.venue and event.venue.district_id,
        ages=event.ages,
        topics=event.topics,
        event=event.pk,
        times=dates,
    )


def _next_times(event: Event) -> list[tuple[datetime, datetime]]:
    """When a series happens next; what is over stands in nobody's way."""
    if not event.rrule:
        return []
    since = max(event.starts_at, timezone.now())
    try:
        return [(one.starts_at, one.ends_at) for one in times(event, since + AHEAD, since)[:DATES]]
    except (BadRule, Refused):
        return []


def warning(plan: Plan, zone: ZoneInfo, *, slots: bool = True) -> dict[str, Any]:
    """For events/clashes.html: rivals with their organisers, and free times as they go into the form."""
    found = clashes(plan)
    names = _names(found)
    return {
        "checked": True,
        "strong": any(clash.is_strong for clash in found),
        "taken": any(clash.is_strong and not clash.waits for clash in found),
        "clashes": [
            {
                "occurrence": clash.occurrence,
                "waits": clash.waits,
                "reason": REASON_WORDS[clash.reason],
                "who": ", ".join(names[pk] for pk in clash.occurrence.communities if pk in names),
            }
            for clash in found
        ],
        "slots": [_slot(*slot, zone=zone) for slot in free_slots(plan, zone)] if found and slots else [],
    }


def _names(found: Iterable[Clash]) -> dict[int, str]:
    """How the city calls those who hold the rivals; whom it does not see stays unnamed."""
    keys = {pk for clash in found for pk in clash.occurrence.communities}
    if not keys:
        return {}
    rows = Community.objects.listed().filter(pk__in=keys).select_related("current")
    return {row.pk: row.name for row in rows}


def _slot(starts_at: datetime, ends_at: datetime, *, zone: ZoneInfo) -> dict[str, str]:
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    fill = {"day": f"{start:%Y-%m-%d}", "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
    fill["end_day"] = f"{end:%Y-%m-%d}" if end.date() != start.date() else ""
    label = _("%(day)s, %(start)s–%(end)s") % {
        "day": date_format(start, "D, j E"),
        "start": f"{start:%H:%M}",
        "end": f"{end:%H:%M}",
    }
    return {"label": label, "fill": urlencode(fill)}
