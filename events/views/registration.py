"""A resident registers for a date, sees where they are going, and withdraws."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities.views.census import host_branch
from events import ics
from events.actions.registering import register, withdraw
from events.choices import RegistrationState
from events.models import Event, Occurrence, Registration
from events.templatetags.registration import offers, with_places
from events.views.event import said
from events.views.feeds import CONTENT, alone
from events.views.names import names_of
from hub.approvals import Refused
from hub.numbers import number_of
from hub.permissions import check

#: So many of what is over are shown.
PAST = 20
#: Nobody goes to more; who does sees the nearest.
MOST = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def event_register(request: HttpRequest, slug: str) -> HttpResponse:
    """The dates of an event with their seats; POST with `?date=` registers.

    Who pressed the button without an account comes here after signing in.
    """
    branch = host_branch(request)
    found = list(Event.objects.in_branch(branch).published().filter(slug=slug).whole())
    if not found:
        raise Http404
    if request.method == "POST":
        return _register(request, slug, request.GET.get("date", ""))
    context = said(request, found[0], branch)
    dates = context["dates"] or [context["first"]]
    made = offers(found[0], [] if context["over"] else dates, request.user, timezone.now())
    asked = request.GET.get("date", "")
    # What was pressed before signing in comes first.
    made.sort(key=lambda offer: str(offer["pk"]) != asked)
    return render(request, "events/event_register.html", context | {"offers": made, "asked": asked})


def _register(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    rows = Occurrence.objects.in_branch(host_branch(request)).listed().filter(slug=slug)
    if not number_of(key):
        messages.info(request, _("Выберите дату."))
        return redirect("event-register", slug)
    date = rows.filter(pk=number_of(key)).first()
    try:
        if date is None:
            raise Refused(_("Этой даты больше нет: расписание изменили. Выберите другую."))
        registration = register(date, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("event-register", slug)
    if registration.state == RegistrationState.GOING:
        messages.success(request, _("Вы записаны. Напомним за день и за два часа."))
    else:
        with_places([registration])
        messages.success(
            request,
            _("Вы в листе ожидания, %(n)s-й. Освободится место — сразу напишем.") % {"n": registration.place},
        )
    return redirect("event-detail", slug)


@login_required
@require_safe
def my_registrations(request: HttpRequest) -> HttpResponse:
    """«Мои записи»: where the person is going, and where they have been."""
    mine, now = _mine(request), timezone.now()
    coming = list(mine.live().to_come(now)[:MOST])
    with_places(coming)
    return render(
        request,
        "events/my_registrations.html",
        {"coming": coming, "past": list(mine.going().over(now)[:PAST]), "now": now},
    )


def _mine(request: HttpRequest) -> Any:
    rows = Registration.objects.of(request.user).in_branch(host_branch(request))
    return rows.select_related("occurrence__event__branch")


@login_required
@require_safe
def my_registrations_ics(request: HttpRequest) -> HttpResponse:
    """The dates to which the person goes, for one's own calendar; each keeps its UID when it moves."""
    mine = _mine(request).going().to_come(timezone.now())[:MOST]
    rows = Occurrence.objects.filter(pk__in=mine.values("occurrence"))
    dates, times = alone(rows.order_by("starts_at", "pk").timed())
    made = ics.calendar(
        dates,
        times,
        names_of(host_branch(request)).by_key,
        name=_("Мои записи"),
        zone=host_branch(request).timezone,
        site=request.build_absolute_uri("/").rstrip("/"),
    )
    response = HttpResponse(b"".join(made), content_type=CONTENT)
    response.headers["Content-Disposition"] = 'attachment; filename="registrations.ics"'
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def registration_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked once: the seat goes to whoever waits."""
    registration = get_object_or_404(_mine(request), pk=pk)
    check(request, "events.withdraw_registration", registration)
    if request.method != "POST":
        if not registration.is_live:
            return redirect("my-registrations")
        return render(request, "events/registration_withdraw.html", {"registration": registration})
    try:
        withdraw(registration, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("Запись отменена. Передумаете — запишитесь снова, если останутся места."),
            extra_tags="",
        )
    return redirect(reverse("my-registrations"))
