"""Who comes to a date, who waits, who is here: for those who hold the event."""

from __future__ import annotations

import json
from itertools import chain
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from communities.tables import write_csv
from events.actions.registering import check_in, undo_check_in
from events.actions.walking_in import NoSeats, let_in, take_back, why_shut
from events.choices import RegistrationState
from events.forms.walk_in import WalkInForm
from events.models import Event, Occurrence, Registration, WalkIn
from events.views.own import events
from hub.approvals import Refused
from hub.numbers import number_of
from hub.permissions import check

#: So many dates to come are offered, and so many that are over.
COMING, OVER = 12, 6
#: Of one date so many stand on a page; that is also what one print holds.
PAGE = 400


def _event(request: HttpRequest, pk: int) -> Event:
    event = get_object_or_404(events(request), pk=pk)
    check(request, "events.see_registrations", event)
    return event


@login_required
@require_safe
def event_registrations(request: HttpRequest, pk: int) -> HttpResponse:
    """One date's list, searched by name; `?date=` names another date than the nearest."""
    event = _event(request, pk)
    return _list(request, event, request.GET.get("date", ""), WalkInForm())


def _list(
    request: HttpRequest, event: Event, date: str, form: WalkInForm, *, no_seats: str = ""
) -> HttpResponse:
    dates = _dates(event)
    chosen = _chosen(event, dates, date)
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    rows = Registration.objects.of_date(chosen).live().select_related("user") if chosen else None
    context: dict[str, Any] = {"event": event, "dates": dates, "date": chosen, "asked": asked}
    if rows is not None and chosen:
        chosen.event = event
        found = rows.called(asked) if asked else rows
        page = Paginator(found.going().by_name(), PAGE).get_page(request.GET.get("page"))
        context |= {
            "page": page,
            "waiting": list(enumerate(found.waiting().in_turn()[:PAGE], start=1)) if page.number == 1 else [],
            "here": _here(chosen),
            "walk_ins": list(chosen.walk_ins.all()) if chosen.walked_in else [],
            "shut": why_shut(chosen),
            "form": form,
            "no_seats": no_seats,
        }
    whole = not (request.htmx and request.headers.get("HX-Target") == "attendance")  # type: ignore[attr-defined]
    template = "events/event_registrations.html" if whole else "events/_attendance.html"
    return render(request, template, context)


def _dates(event: Event) -> list[Occurrence]:
    """The nearest dates, and the last that somebody came to."""
    now = timezone.now()
    over = event.occurrences.filter(ends_at__lte=now).filter(
        Q(going__gt=0) | Q(waiting__gt=0) | Q(walked_in__gt=0)
    )
    coming = event.occurrences.filter(ends_at__gt=now).filter(Q(cancelled_at=None) | Q(going__gt=0))
    both = over.order_by("-starts_at")[:OVER].union(coming.order_by("starts_at")[:COMING], all=True)
    return sorted(both, key=lambda date: (date.starts_at, date.pk))


def _chosen(event: Event, dates: list[Occurrence], key: str) -> Occurrence | None:
    if key and (named := event.occurrences.filter(pk=number_of(key)).first()):
        return named
    now = timezone.now()
    return next((date for date in dates if date.ends_at > now), dates[-1] if dates else None)


def _here(date: Occurrence) -> int:
    return date.registrations.going().exclude(checked_in_at=None).count() + date.walked_in


@login_required
@require_safe
def event_registrations_csv(request: HttpRequest, pk: int, date: int) -> HttpResponse:
    """The list of one date as a table: names, nothing else that is personal."""
    event = _event(request, pk)
    chosen = get_object_or_404(event.occurrences, pk=date)
    rows = Registration.objects.of_date(chosen).live().select_related("user")
    people = [*rows.going().by_name(), *rows.waiting().in_turn()]
    columns = [_("№"), _("Имя"), _("Запись"), _("Когда записался"), _("Пришёл")]
    table = (
        [
            number,
            row.user.name,
            row.get_state_display(),
            f"{row.registered_at.astimezone(event.tz):%d.%m.%Y %H:%M}",
            f"{row.checked_in_at.astimezone(event.tz):%d.%m.%Y %H:%M}" if row.checked_in_at else "",
        ]
        for number, row in enumerate(people, start=1)
    )
    guests = (
        [
            f"+{guest.people}" if guest.people > 1 else "+",
            guest.name or _("Имя не указано"),
            _("Без записи"),
            "",
            f"{guest.added_at.astimezone(event.tz):%d.%m.%Y %H:%M}",
        ]
        for guest in (chosen.walk_ins.all() if chosen.walked_in else ())
    )
    response = HttpResponse(write_csv(columns, chain(table, guests)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{event.slug}-{chosen.day}.csv"'
    return response


@login_required
@require_POST
def registration_check(request: HttpRequest, pk: int, registration: int) -> HttpResponse:
    """The person at the door is here; `do=out` takes it back."""
    event = _event(request, pk)
    rows = Registration.objects.of_event(event).select_related("user", "occurrence")
    row = get_object_or_404(rows, pk=registration)
    act = undo_check_in if request.POST.get("do") == "out" else check_in
    try:
        fresh = act(row, by=request.user)
    except Refused as refusal:
        if request.htmx:  # type: ignore[attr-defined]
            # The row stays as it is; what to do is said beside.
            return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"toast": str(refusal)})})
        messages.error(request, str(refusal))
    else:
        if request.htmx:  # type: ignore[attr-defined]
            fresh.user = row.user
            context = {"event": event, "row": fresh, "here": _here(row.occurrence), "swapped": True}
            return render(request, "events/_attendance_row.html", context)
    where = f"{reverse('event-registrations', args=[pk])}?date={row.occurrence_id}"
    return redirect(f"{where}#r{row.pk}" if row.state == RegistrationState.GOING else where)


@login_required
@require_POST
def walk_in_add(request: HttpRequest, pk: int, date: int) -> HttpResponse:
    """Somebody came without registering; `over` says that it is all right without a free seat."""
    event = _event(request, pk)
    chosen = get_object_or_404(event.occurrences, pk=date)
    form, no_seats = WalkInForm(request.POST), ""
    if form.is_valid():
        said = form.cleaned_data
        try:
            let_in(chosen, **said, over="over" in request.POST, by=request.user)  # type: ignore[arg-type]
            return redirect(f"{reverse('event-registrations', args=[pk])}?date={date}#walk-ins")
        except NoSeats as refusal:
            no_seats = str(refusal)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _list(request, event, str(date), form, no_seats=no_seats)


@login_required
@require_POST
def walk_in_remove(request: HttpRequest, pk: int, guest: int) -> HttpResponse:
    """Added by mistake."""
    event = _event(request, pk)
    rows = WalkIn.objects.filter(occurrence__event=event).select_related("occurrence")
    row = rows.filter(pk=guest).first()
    where = reverse("event-registrations", args=[pk])
    if row is None:  # pressed twice
        return redirect(where)
    take_back(row, by=request.user)  # type: ignore[arg-type]
    return redirect(f"{where}?date={row.occurrence_id}#walk-ins")
