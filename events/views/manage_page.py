"""The page of an event for its organisers: state, dates, who holds it, calling off."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.choices import Listing
from communities.models import Community
from communities.views.census import host_branch
from events.actions.announcing import BadTimes, answer_invitation, invite_organiser, remove_organiser
from events.actions.changing import (
    cancel_event,
    cancel_occurrence,
    move_occurrence,
    reinstate_event,
    reinstate_occurrence,
)
from events.actions.leaving_out import leave_out, put_back
from events.choices import OrganiserState
from events.forms.dates import DateForm, DaysForm, ReasonForm
from events.models import Event, Occurrence, Organiser, Registration
from events.views.manage import summary
from events.views.manage_clashes import plan_of_event, warning
from events.views.own import events, own_event
from hub.approvals import Refused, reason_of
from hub.choices import State
from hub.models import User
from hub.permissions import check

#: So many communities a search names.
FOUND = 8


@login_required
@require_safe
def event_manage(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, own_event(request, pk))


def _page(
    request: HttpRequest,
    event: Event,
    cancelling: ReasonForm | None = None,
    leaving_out: DaysForm | None = None,
) -> HttpResponse:
    asked = request.GET.get("q", "").strip()[:80]
    said = summary(event)
    plan = plan_of_event(event, said["coming"])
    holding = [row for row in said["rows"] if row.state == OrganiserState.ACCEPTED]
    context = said | {
        "alone": holding[0] if len(holding) == 1 and not event.is_state else None,
        "asked": asked,
        "found": _found(event, asked) if asked else [],
        "reason": reason_of(event),
        "cancelling": cancelling or _cancelling(),
        "may_copy": event.state == State.APPROVED and request.user.has_perm("events.copy_event", event),
        "leaves_out": _leaves_out(event),
        "leaving_out": leaving_out or DaysForm(),
        "left_out": [moment.astimezone(event.tz).date() for moment in event.exdates],
        **({} if asked or event.is_cancelled else warning(plan, event.tz, slots=False)),
    }
    return render(request, "events/event_manage.html", context)


def _cancelling(data: object = None) -> ReasonForm:
    return ReasonForm(
        data,
        label=_("Почему отменяете?"),
        required=_("Напишите, почему: эти слова увидят все, кто собирался прийти."),
    )


def _found(event: Event, asked: str) -> list[Community]:
    """Communities called so that are not asked yet."""
    rows = Community.objects.in_branch(event.branch).filter(listing=Listing.LISTED)
    rows = rows.filter(Q(current__name__icontains=asked) | Q(slug__icontains=asked))
    rows = rows.exclude(organised__event=event).select_related("current")
    return list(rows.order_by("current__name")[:FOUND])


# --- calling off -----------------------------------------------------------------------------------


@login_required
@require_POST
def event_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    event = own_event(request, pk)
    form = _cancelling(request.POST)
    if not form.is_valid():
        return _page(request, event, form)
    cancel_event(event, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("Событие отменено. В календаре оно останется с пометкой."))
    return redirect("event-manage", pk)


@login_required
@require_POST
def event_reinstate(request: HttpRequest, pk: int) -> HttpResponse:
    reinstate_event(own_event(request, pk), by=request.user)
    messages.success(request, _("Отмена снята: событие снова в силе."))
    return redirect("event-manage", pk)


def _leaves_out(event: Event) -> bool:
    """Whether its dates can still disappear without a word."""
    return event.is_series and event.state != State.APPROVED and not event.follows_source


@login_required
@require_POST
def event_leave_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Days that a series leaves out (`do=back`: has again), before the city has seen it."""
    event = own_event(request, pk)
    form = DaysForm(request.POST)
    if not form.is_valid():
        return _page(request, event, leaving_out=form)
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    try:
        if request.POST.get("do") == "back":
            n = put_back(event, since, until, by=request.user)
            said = ngettext("Вернули %(n)s дату.", "Вернули %(n)s дат.", n) % {"n": n}
        else:
            n = leave_out(event, since, until, by=request.user)
            said = ngettext("Убрали %(n)s дату.", "Убрали %(n)s дат.", n) % {"n": n}
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(f"{reverse('event-manage', args=[pk])}#dates")


# --- one date --------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def event_date(request: HttpRequest, pk: int, date: int) -> HttpResponse:
    """One date: move it, call it off or take that back, or go on otherwise from it."""
    event = own_event(request, pk)
    occurrence = get_object_or_404(event.occurrences, pk=date)
    occurrence.event = event
    moving = request.method == "POST" and request.POST.get("do") not in ("cancel", "reinstate")
    form = DateForm(request.POST if moving else None, occurrence=occurrence)
    if request.method == "POST" and _change_date(request, occurrence, form, moving):
        return redirect("event-manage", pk)
    told = Registration.objects.of_date(occurrence).live().count()
    context = {
        "event": event,
        "occurrence": occurrence,
        "form": form,
        "told": told,
        "leaves_out": _leaves_out(event),
    }
    return render(request, "events/event_date.html", context)


def _change_date(request: HttpRequest, occurrence: Occurrence, form: DateForm, moving: bool) -> bool:
    by: User = request.user  # type: ignore[assignment]  # the view lets nobody in who is not signed in
    try:
        if request.POST.get("do") == "reinstate":
            reinstate_occurrence(occurrence, by=by)
            messages.success(request, _("Отмена снята: эта дата снова в силе."))
            return True
        if not moving:
            note = request.POST.get("note", "").replace("\x00", "")
            cancel_occurrence(occurrence, note=note, by=by)
            messages.success(request, _("Эта дата отменена."))
            return True
        if not form.is_valid():
            return False
        said = form.cleaned_data
        before = (occurrence.starts_at, occurrence.ends_at)
        date = move_occurrence(
            occurrence, said["starts_at"], said["ends_at"], where=said["where"], note=said["note"], by=by
        )
    except BadTimes as mistake:
        of_end = mistake.field == "ends_at" and "end" in form.fields
        form.add_error("end" if of_end else "day", str(mistake))
        return False
    except Refused as refusal:
        messages.error(request, str(refusal))
        return True
    moved = (date.starts_at, date.ends_at) != before
    messages.success(request, _("Дата перенесена.") if moved else _("Сохранено."))
    return True


# --- who holds it ----------------------------------------------------------------------------------


@login_required
@require_POST
def organiser_invite(request: HttpRequest, pk: int) -> HttpResponse:
    event = own_event(request, pk)
    rows = Community.objects.in_branch(host_branch(request)).filter(listing=Listing.LISTED)
    community = get_object_or_404(rows, slug=request.POST.get("community", "").replace("\x00", ""))
    invite_organiser(event, community, by=request.user)
    messages.success(request, _("Пригласили «%(name)s». Ответ придёт на почту.") % {"name": community.name})
    return redirect(f"{reverse('event-manage', args=[pk])}#organisers")


@login_required
@require_POST
def organiser_remove(request: HttpRequest, pk: int, organiser: int) -> HttpResponse:
    event = own_event(request, pk)
    row = event.organisers.filter(pk=organiser).first()
    try:
        if row:
            remove_organiser(row, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("event-manage", pk)
    messages.success(request, _("Больше не организатор."))
    # Whoever took their own community off may have nothing to see here any more.
    may_stay = request.user.has_perm("events.edit_event", event)
    return redirect("event-manage", pk) if may_stay else redirect("cabinet")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def organiser_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The invited community reads what it is asked for, and answers."""
    rows = Organiser.objects.filter(event__in=events(request)).select_related(
        "event__branch", "event__venue__district", "event__cover", "community__current"
    )
    organiser = get_object_or_404(rows, pk=pk)
    check(request, "events.answer_invitation", organiser)
    if request.method == "POST":
        accept = request.POST.get("do") == "accept"
        try:
            answer_invitation(organiser, accept, by=request.user)
        except Refused as refusal:
            messages.info(request, str(refusal))
        else:
            messages.success(
                request,
                _("Вы проводите событие вместе: оно среди ваших.") if accept else _("Вы отказались."),
            )
        return redirect("cabinet")
    event = organiser.event
    waits = organiser.state == OrganiserState.INVITED
    context = summary(event) | {
        "organiser": organiser,
        "waits": waits,
        "public": event.state == State.APPROVED,
    }
    return render(request, "events/organiser_answer.html", context)
