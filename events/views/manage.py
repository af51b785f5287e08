"""An event in its organisers' hands: write it down, look at it, send it, change it."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Case, Count, F, When, Window
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from communities.choices import Age, Topic
from communities.models import Community, Stewardship
from communities.views.census import host_branch, own_community
from events.actions.announcing import BadTimes, announce, discard_draft, edit_event, publish
from events.actions.changing import edit_following
from events.actions.stale import Stale
from events.actions.venues import add_venue
from events.choices import OrganiserState
from events.forms.event import EventForm
from events.forms.stale import begin_again
from events.models import Event, Occurrence, Organiser, SupportRequest, TrustedAdministration
from events.recurrence import happens_at, rule_from
from events.rule_words import rule_words
from events.views.manage_clashes import plan_of_event, warning
from events.views.own import events, own_event
from hub.approvals import Refused, reason_of
from hub.choices import State
from hub.kept_files import keep_files, stored
from hub.numbers import number_of
from hub.permissions import check
from hub.uploads import UploadRefused

#: So many dates are named; the rest is a number.
DATES = 12
#: What a free time of a warning puts into the form.
_FILLED = ("day", "start", "end", "end_day")


# --- writing ---------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def event_announce(request: HttpRequest) -> HttpResponse:
    """A new event of `?community=`; without one, whose it is is asked first. `?copy=`: like that earlier one."""
    slug, like = request.GET.get("community", ""), _like(request)
    if not slug:
        return _whose(request, like)
    community = own_community(request, slug)
    check(request, "events.announce_event", community)
    form = _form(request, like=like)
    if request.method == "POST" and form.is_valid():
        event = save_answers(
            request,
            form,
            lambda answers: announce(community, answers, by=request.user, token=form.cleaned_data["token"]),
        )
        if event:
            return redirect("event-publish", event.pk)
    return _form_page(request, form, community=community, like=like)


def _like(request: HttpRequest) -> Event | None:
    """The event of one's own communities that `?copy=` names."""
    key = request.GET.get("copy", "")
    if not key:
        return None
    event = get_object_or_404(events(request), pk=number_of(key))
    check(request, "events.copy_event", event)
    return event


def _whose(request: HttpRequest, like: Event | None) -> HttpResponse:
    mine = [row.community for row in Stewardship.objects.of(request.user, host_branch(request))]
    if like:
        mine = [community for community in mine if community.pk in like.accepted_communities]
    more = f"&copy={like.pk}" if like else ""
    if len(mine) == 1:
        return redirect(f"{request.path}?community={mine[0].slug}{more}")
    return render(request, "events/event_whose.html", {"mine": mine, "more": more})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def event_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole event; with `?from=` a date's key: this date and the following ones."""
    event = own_event(request, pk)
    if event.follows_source:  # the page of the event says where it is changed
        return redirect("event-manage", pk)
    try:
        since = _date(event, request.GET.get("from", ""))
    except Refused as refusal:
        return _without_date(request, event, str(refusal))
    form = _form(request, _part(event, since))
    conflicts: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            saved = save_answers(request, form, lambda answers: _change(request, event, since, answers, seen))
        except Stale as stale:
            conflicts = form.differences(_part(stale.fresh, since))
            begin_again(form, str(stale.fresh.sequence), str(stale))
            saved = None
        if saved:
            messages.success(request, _("Сохранено."))
            return redirect("event-publish" if saved.is_editable else "event-manage", saved.pk)
    return _form_page(request, form, event=event, since=since, conflicts=conflicts)


def _change(
    request: HttpRequest, event: Event, since: Occurrence | None, answers: dict[str, Any], seen: int | None
) -> Event:
    asked = -1 if seen is None else seen
    if since is None:
        return edit_event(event, answers, seen=asked, by=request.user)
    return edit_following(since, answers, seen=asked, by=request.user)


def _date(event: Event, key: str) -> Occurrence | None:
    """The date of the series that the reader named; None where it is all of it that is meant.

    Raises Refused for one that the series has not, or has no more.
    """
    if not key:
        return None
    row = event.occurrences.filter(pk=number_of(key)).first()
    if row and (not event.is_series or row.was_at <= event.starts_at):
        return None
    if row is None or not happens_at(event, row.was_at):
        raise Refused(_("Этой даты в серии больше нет: правило изменили. Выберите другую."))
    row.event = event
    return row


def _without_date(request: HttpRequest, event: Event, words: str) -> HttpResponse:
    """Nothing is changed from a date that is gone: what was typed stays, to be sent from another one."""
    if request.method != "POST":
        messages.error(request, words)
        return redirect("event-manage", event.pk)
    form = _form(request, event)
    form.add_error(None, words)
    rows = event.occurrences.alive().filter(ends_at__gt=timezone.now()).order_by("was_at")
    return _form_page(request, form, event=event, instead=list(rows[:DATES]) if event.is_series else [])


def _part(event: Event, since: Occurrence | None) -> Event:
    """The event as it goes on from `since`; not for saving."""
    if since is None:
        return event
    part = copy(event)
    part.starts_at, part.ends_at = since.was_at, since.was_at + (event.ends_at - event.starts_at)
    part.rrule = rule_from(event, since.was_at)
    return part


def _form(request: HttpRequest, event: Event | None = None, like: Event | None = None) -> EventForm:
    branch = host_branch(request)
    if request.method == "POST":
        return EventForm(request.POST, request.FILES, branch=branch, event=event, like=like)
    given = {name: request.GET[name] for name in _FILLED if name in request.GET}
    return EventForm(branch=branch, event=event, like=like, initial=given)


def save_answers(
    request: HttpRequest, form: EventForm, act: Callable[[dict[str, Any]], Event]
) -> Event | None:
    """What `act` makes of the answers; None when something was wrong, and the form says what."""
    answers = form.answers()
    try:
        # A venue that was added stays, whatever comes of the rest: next time it stands in the list.
        if form.new_venue:
            answers["venue"] = add_venue(host_branch(request), form.new_venue, by=request.user)
        if cover := stored(form, "cover", by=request.user):
            answers["cover"] = cover
        elif form.cleaned_data.get("cover_off"):
            answers["cover"] = None
        elif form.event is None and form.cover_before:
            answers["cover"] = form.cover_before
        return act(answers)
    except BadTimes as mistake:
        form.complain(mistake.field, str(mistake))
    except UploadRefused as refusal:
        form.add_error("cover", str(refusal))
    except Stale:
        raise
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return None


def _form_page(
    request: HttpRequest,
    form: EventForm,
    *,
    event: Event | None = None,
    community: Community | None = None,
    like: Event | None = None,
    since: Occurrence | None = None,
    conflicts: list[dict[str, Any]] | None = None,
    instead: list[Occurrence] | None = None,
) -> HttpResponse:
    if form.errors:
        keep_files(form, by=request.user)
    context = {
        "form": form,
        "event": event,
        "community": community,
        "like": like,
        "since": since,
        "conflicts": conflicts,
        "instead": instead,
        "taken": event.most_registered if event and event.takes_registrations else 0,
        "adds_venue": any(form[name].value() for name in form.fields if name.startswith("venue_")),
    }
    return render(request, "events/event_form.html", context)


# --- looking it over and sending -------------------------------------------------------------------


def summary(event: Event) -> dict[str, Any]:
    """For events/event_summary.html: the event as it will be read, its dates to come first."""
    passed = Case(When(ends_at__gt=Now(), then=0), default=1)
    rows = event.occurrences.annotate(passed=passed)
    rows = rows.annotate(total=Window(Count("pk"), partition_by=[F("passed")]))
    dates = list(rows.order_by("passed", "starts_at", "pk")[:DATES])
    coming = [row for row in dates if not row.passed]
    shown = coming or dates
    starts_at = event.starts_at
    if starts_at in event.exdates:
        starts_at = event.occurrences.order_by("was_at").values_list("was_at", flat=True).first() or starts_at
    asked = event.organisers.select_related("community__current", "community__trusted_organiser")
    organisers = list(asked.order_by("pk"))
    return {
        "event": event,
        "starts_at": starts_at.astimezone(event.tz),
        "repeats": rule_words(event.rrule, event.starts_at.astimezone(event.tz)),
        "dates": shown,
        "coming": coming,
        "more_dates": shown[0].total - len(shown) if shown else 0,
        "rows": organisers,
        "source": event.follows_source,
        "organisers": [row for row in organisers if row.state != OrganiserState.DECLINED],
        "ages": ", ".join(str(Age(code).label) for code in event.ages),
        "topics": ", ".join(str(Topic(code).label) for code in event.topics),
        "asked": SupportRequest.objects.filter(event=event).first() if event.is_state else None,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def event_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """The announcement as residents will see it, its clashes, and the button that sends it."""
    event = own_event(request, pk)
    if request.method == "POST":
        try:
            fresh = publish(event, by=request.user)
        except Refused as refusal:
            messages.info(request, str(refusal))
        else:
            messages.success(
                request,
                _("Событие опубликовано: оно уже в календаре.")
                if fresh.state == State.APPROVED
                else _("Отправлено координатору. Ответ придёт на почту и появится здесь."),
            )
        return redirect("event-manage", pk)
    if not event.is_editable:
        return redirect("event-manage", pk)
    said = summary(event)
    context = said | {
        "trusted": any(_is_trusted(row, request.user) for row in said["organisers"])
        or (event.is_state and _trusts_city(event, request.user)),
        "reason": reason_of(event),
        **warning(plan_of_event(event, said["coming"]), event.tz),
    }
    return render(request, "events/event_preview.html", context)


def _is_trusted(organiser: Organiser, user: Any) -> bool:
    """Publishing for it needs no look; nobody's own trust lets them past the queue."""
    trusted = getattr(organiser.community, "trusted_organiser", None)
    return organiser.state == OrganiserState.ACCEPTED and trusted is not None and trusted.by_id != user.pk


def _trusts_city(event: Event, user: Any) -> bool:
    """The coordinator lets the administration's state events out without a look."""
    return TrustedAdministration.objects.filter(branch=event.branch_id).exclude(by=user).exists()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def event_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away that nobody has seen."""
    event = own_event(request, pk)
    if request.method != "POST":
        return render(
            request,
            "communities/steward_confirm.html",
            {
                "title": _("Удалить черновик?"),
                "text": _("«%(title)s» исчезнет, вернуть его будет нельзя.") % {"title": event},
                "action": _("Удалить"),
            },
        )
    try:
        discard_draft(event, by=request.user)
    except Refused as refusal:
        messages.info(request, str(refusal))
        return redirect("event-manage", pk)
    messages.success(request, _("Черновик удалён."))
    return redirect("cabinet")
