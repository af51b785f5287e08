"""«Календари из других программ»: a community looks at one, connects it, and sees how it goes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.models import Community
from communities.views.census import host_branch, own_community
from events.actions import connecting, following, remote
from events.choices import Refusal, SourceState
from events.forms.remote import FileForm, LinkForm, RemoveForm
from events.models import Event, ImportedEvent, RemoteCalendar
from events.reading import Incoming, NotACalendar
from events.rule_words import rule_words
from hub.approvals import Refused
from hub.fetching import FetchFailed
from hub.permissions import check

#: So many events of a kind are named; the rest is a number.
SHOWN = 50


def sources(request: HttpRequest) -> Any:
    rows = RemoteCalendar.objects.in_branch(host_branch(request)).light()
    return rows.select_related("branch", "community__current", "added_by")


def own_source(request: HttpRequest, pk: int, perm: str = "events.manage_calendar") -> RemoteCalendar:
    source = get_object_or_404(sources(request), pk=pk)
    check(request, perm, source.community)
    return source  # type: ignore[no-any-return]


def _gone(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("Этого календаря больше нет: он уже подключён или отключён."))
    return redirect("cabinet")


def while_it_is_there(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whoever presses a button twice, or after somebody else has, is told so and not that there is no such page."""

    @wraps(view)
    def answered(request: HttpRequest, pk: int) -> HttpResponse:
        try:
            return view(request, pk)
        except Http404:
            if request.method != "POST" or _is_there(pk):
                raise
            return _gone(request)

    return answered


def _back_to(request: HttpRequest, pk: int) -> HttpResponse:
    return redirect("remote-detail", pk) if _is_there(pk) else _gone(request)


def _is_there(pk: int) -> bool:
    return RemoteCalendar.objects.filter(pk=pk).exists()


@login_required
@require_safe
def remote_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Every calendar of the community, and how it is."""
    community = own_community(request, slug)
    check(request, "events.manage_calendar", community)
    rows = sources(request).of_community(community).living().with_counts().worst_first()
    context = {
        "community": community,
        "rows": rows,
        "may_add": request.user.has_perm("events.add_calendar", community),
    }
    return render(request, "events/remote_list.html", context)


# --- connecting ------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remote_add(request: HttpRequest, slug: str) -> HttpResponse:
    """A link or a file; what would come of it is shown before anything is written."""
    community = own_community(request, slug)
    check(request, "events.add_calendar", community)
    with_file = request.method == "POST" and request.POST.get("do") == "file"
    link = LinkForm(request.POST if request.method == "POST" and not with_file else None)
    file = FileForm(request.POST, request.FILES) if with_file else FileForm()
    if request.method == "POST" and (draft := _draft(request, community, file if with_file else link)):
        return redirect("remote-preview", draft.pk)
    context = {"community": community, "link": link, "file": file, "form": file if with_file else link}
    return render(request, "events/remote_add.html", context)


def _draft(request: HttpRequest, community: Community, form: LinkForm | FileForm) -> RemoteCalendar | None:
    """What was looked at; None when something was wrong, and the form says what."""
    if not form.is_valid():
        return None
    said = form.cleaned_data
    try:
        if isinstance(form, FileForm):
            file = said["file"]
            return connecting.look_at_file(community, file.name, file.read(), by=request.user)
        return connecting.look_at_link(community, said["url"], name=said["name"], by=request.user)
    except (FetchFailed, NotACalendar, Refused) as refusal:
        form.add_error("file" if isinstance(form, FileForm) else "url", str(refusal))
    return None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@while_it_is_there
def remote_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What will come, what will change, what is refused and why; and the button that connects."""
    source = own_source(request, pk, "events.add_calendar")
    if source.state != SourceState.DRAFT:
        return redirect("remote-detail", pk)
    if request.method == "POST":
        try:
            source = connecting.connect(source, by=request.user)
        except (NotACalendar, Refused) as refusal:
            messages.error(request, str(refusal))
            return redirect("remote-list", source.community.slug)
        return redirect("remote-detail", source.pk)
    try:
        reading, made = connecting.preview(source)
    except NotACalendar as refusal:
        messages.error(request, str(refusal))
        return redirect("remote-add", source.community.slug)
    trusted = getattr(source.community, "trusted_organiser", None)
    context = {
        "source": source,
        "community": source.community,
        "plan": made,
        "new": [_line(event) for event in made.new[:SHOWN]],
        "more_new": max(0, len(made.new) - SHOWN),
        "changed": [_line(event) for _row, event in made.changed[:SHOWN]],
        "refused": refusals([one.title, one.day, one.why] for one in made.refused[:SHOWN]),
        "more_refused": max(0, len(made.refused) - SHOWN),
        "trusted": trusted is not None and trusted.by_id != request.user.pk,
        "nothing": not made.new and not made.changed,
        "empty": not reading.events and not reading.refused,
    }
    return render(request, "events/remote_preview.html", context)


def _line(event: Incoming) -> dict[str, Any]:
    """An event that is not ours yet, in a list."""
    zone = event.tz
    starts_at = event.starts_at.astimezone(zone)
    return {
        "title": event.title,
        "starts_at": starts_at,
        "ends_at": event.ends_at.astimezone(zone),
        "timezone": event.timezone,
        "all_day": event.all_day,
        "place": event.place,
        "cancelled": event.cancelled,
        "repeats": rule_words(event.rrule, starts_at),
        "dates": 0 if event.rrule else len(event.rdates),
        "is_cut": event.is_cut,
    }


def refusals(rows: Any) -> list[dict[str, str]]:
    """What did not come in, in words."""
    known = dict(Refusal.choices)
    return [
        {
            "title": title,
            "day": ".".join(reversed(day.split("-"))) if day else "",
            "why": str(known.get(why, "")),
        }
        for title, day, why in rows
    ]


# --- how it goes -----------------------------------------------------------------------------------


@login_required
@require_safe
def remote_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One calendar: its health, its events, what was left out, and what can be done.

    While its events are being brought in the page asks by itself whether they are.
    """
    source = own_source(request, pk)
    if source.state == SourceState.DRAFT:
        return redirect("remote-preview", pk)
    waits = request.headers.get("HX-Target") == "loading"
    if source.state == SourceState.LOADING:
        template = "events/remote_loading.html"
        context = {"source": source, "community": source.community}
        return render(request, f"{template}#bar" if waits else template, context)
    if waits:
        return HttpResponse(headers={"HX-Redirect": reverse("remote-detail", args=[pk])})
    rows = source.imported.to_come().select_related("event").order_by("event__starts_at", "pk")
    coming = list(rows[: SHOWN + 1])
    hidden = source.imported.filter(hidden_at__isnull=False).select_related("event").order_by("pk")[:SHOWN]
    context = {
        "source": source,
        "community": source.community,
        "coming": [row for row in coming[:SHOWN] if row.hidden_at is None],
        "hidden": hidden,
        "more": len(coming) > SHOWN,
        "waiting": source.imported.waiting().count(),
        "refused": refusals(source.refused[:SHOWN]),
        "gone": following.gone_of(source) if source.state == SourceState.LOOK else [],
        # The address may open the calendar to whoever knows it.
        "may_see_address": request.user.has_perm("events.add_calendar", source.community),
        "may_approve": request.user.has_perm("events.view_calendars", source.branch),
    }
    return render(request, "events/remote_detail.html", context)


@login_required
@require_POST
@while_it_is_there
def remote_read(request: HttpRequest, pk: int) -> HttpResponse:
    source = own_source(request, pk)
    try:
        fresh = following.read_now(source)
    except Refused as refusal:
        messages.info(request, str(refusal))
        return _back_to(request, pk)
    if fresh.error:
        messages.error(request, fresh.error_words)
    elif fresh.state == SourceState.LOOK:
        messages.warning(request, _("Прочитали, но ничего не изменили: посмотрите, что пропало."))
    else:
        messages.success(request, _("Прочитали: всё как в вашей программе."))
    return _back_to(request, pk)


@login_required
@require_POST
@while_it_is_there
def remote_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        gone = following.confirm_gone(own_source(request, pk), by=request.user)
    except (NotACalendar, Refused) as refusal:
        messages.info(request, str(refusal))
    else:
        words = ngettext("Отменили %(n)s событие.", "Отменили %(n)s событий.", gone)
        messages.success(request, words % {"n": gone})
    return _back_to(request, pk)


@login_required
@require_POST
@while_it_is_there
def remote_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop reading, or go on: whichever the button says."""
    source = own_source(request, pk)
    try:
        if request.POST.get("do") == "resume":
            remote.resume(source, by=request.user)
            messages.success(request, _("Календарь снова читается."))
        else:
            remote.pause(source, by=request.user)
            messages.success(request, _("Поставили на паузу. События остались на месте."))
    except Refused as refusal:
        messages.info(request, str(refusal))
    return _back_to(request, pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@while_it_is_there
def remote_remove(request: HttpRequest, pk: int) -> HttpResponse:
    source = own_source(request, pk)
    form = RemoveForm(request.POST if request.method == "POST" else None, initial={"events": "keep"})
    if request.method == "POST" and form.is_valid():
        remote.remove(source, keep=form.cleaned_data["events"] == "keep", by=request.user)
        messages.success(request, _("Календарь «%(name)s» отключён.") % {"name": source.name})
        return redirect("remote-list", source.community.slug)
    context = {"source": source, "community": source.community, "form": form}
    return render(request, "events/remote_remove.html", context)


# --- one event -------------------------------------------------------------------------------------


@login_required
@require_POST
def event_hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of the city's calendar, or back into it: whichever the button says."""
    event = get_object_or_404(Event.objects.filter(branch=host_branch(request)), pk=pk)
    check(request, "events.edit_event", event)
    row = ImportedEvent.objects.filter(event=event).select_related("event", "source__community").first()
    if row is None:  # its calendar was let go meanwhile
        return _gone(request)
    try:
        if request.POST.get("do") == "show":
            remote.show(row, by=request.user)
            messages.success(request, _("Событие возвращается в календарь."))
        else:
            remote.hide(row, by=request.user)
            messages.success(request, _("Событие больше не видно в календаре города."))
    except Refused as refusal:
        messages.info(request, str(refusal))
    return _back_to(request, row.source_id)
