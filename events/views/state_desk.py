"""State events in the hands of the administration: post one, say what help it needs, answer who offers it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.views.census import host_branch
from events.actions.stale import Stale
from events.actions.state_events import (
    announce_state_event,
    ask_for_support,
    mark_of_request,
    stop_asking,
)
from events.actions.support import answer_support
from events.choices import Help, Offer
from events.forms.stale import begin_again
from events.forms.state import AskForm, StateEventForm
from events.models import Event, Occurrence, StateEventSupport, SupportRequest
from events.querysets.state import with_supports
from events.templatetags.events import subscribing
from events.views.manage import save_answers
from hub.approvals import AlreadyDecided, OwnSubmission, Refused
from hub.kept_files import keep_files
from hub.permissions import check, staff_page

PAGE = 20


def _events(request: HttpRequest) -> QuerySet[Event]:
    rows = Event.objects.in_branch(host_branch(request)).filter(is_state=True)
    return rows.select_related("branch", "venue", "support_request")


@require_safe
@staff_page("events.view_state_events")
def state_event_desk(request: HttpRequest) -> HttpResponse:
    """All state events of the branch: what is coming, who has answered, what has passed."""
    passed = request.GET.get("when") == "past"
    coming = Occurrence.objects.filter(event=OuterRef("pk"), ends_at__gt=Now()).order_by("starts_at")
    rows = _events(request).annotate(next_at=Subquery(coming.values("starts_at")[:1]))
    rows = rows.filter(next_at__isnull=passed)
    rows = rows.order_by("-starts_at", "-pk") if passed else rows.order_by("next_at", "pk")
    page = Paginator(with_supports(rows), PAGE).get_page(request.GET.get("page"))
    address = reverse("state-event-desk")
    context = {
        "page": page,
        "passed": passed,
        "today": timezone.localdate(timezone=host_branch(request).tz),
        "views": [
            {"label": _("Впереди"), "href": address, "here": not passed},
            {"label": _("Прошли"), "href": f"{address}?when=past", "here": passed},
        ],
        "feed": subscribing(
            request, f"{reverse('calendar-ics')}?state=true", str(_("Государственные события"))
        ),
        "may_post": request.user.has_perm("events.post_state_event", host_branch(request)),
    }
    return render(request, "events/state_event_desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("events.post_state_event")
def state_event_announce(request: HttpRequest) -> HttpResponse:
    """A new event of the city itself, with what it asks communities for."""
    branch = host_branch(request)
    if request.method == "POST":
        form = StateEventForm(request.POST, request.FILES, branch=branch)
        if form.is_valid():
            event = save_answers(
                request,
                form,
                lambda answers: announce_state_event(
                    branch, answers, by=request.user, token=form.cleaned_data["token"], asked=form.asked
                ),
            )
            if event:
                return redirect("event-publish", event.pk)
        keep_files(form, by=request.user)  # type: ignore[arg-type]
    else:
        form = StateEventForm(branch=branch)
    context = {
        "form": form,
        "adds_venue": any(form[name].value() for name in form.fields if name.startswith("venue_")),
    }
    return render(request, "events/event_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("events.post_state_event")
def state_event_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """What help the event needs, corrected or asked for later."""
    event = get_object_or_404(_events(request), pk=pk)
    asked = SupportRequest.objects.filter(event=event).first()
    sent = request.POST if request.method == "POST" else None
    form = AskForm(sent, event=event, request=asked, seen=mark_of_request(asked))
    conflicts: list[dict[str, Any]] = []
    if request.method == "POST" and request.POST.get("do") == "stop":
        stop_asking(event, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("Больше никого не зовём. Те, кто откликнулся, остаются."))
        return redirect("state-event-answers", pk)
    if request.method == "POST" and form.is_valid():
        try:
            ask_for_support(event, **form.asked, seen=form.cleaned_data["seen"], by=request.user)  # type: ignore[arg-type]
        except Stale as stale:
            conflicts = form.differences(stale.fresh)
            begin_again(form, mark_of_request(stale.fresh), str(stale))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Сохранено: лидеры видят, чем помочь."))
            return redirect("state-event-answers", pk)
    context = {"event": event, "asked": asked, "form": form, "conflicts": conflicts}
    return render(request, "events/state_event_ask.html", context, status=422 if form.errors else 200)


@require_safe
@staff_page("events.view_state_events")
def state_event_answers(request: HttpRequest, pk: int) -> HttpResponse:
    """Who offers help to one event, and how it went."""
    return _answers(request, get_object_or_404(_events(request), pk=pk))


def _answers(request: HttpRequest, event: Event, refused: tuple[int, str, str] | None = None) -> HttpResponse:
    """`refused`: an offer that was answered, the words, and what is wrong with them."""
    rows = list(event.supports.whole().order_by("offered_at", "pk"))
    may_answer = request.user.has_perm("events.post_state_event", host_branch(request))
    asked = getattr(event, "support_request", None)
    today = timezone.localdate(timezone=event.tz)
    context = {
        "event": event,
        "asked": asked,
        "helps": Help.labels_of(asked.kinds) if asked else [],
        "is_open": bool(asked and asked.until >= today and not event.is_cancelled),
        "supports": [
            {
                "row": row,
                "helps": ", ".join(Help.labels_of(row.kinds)),
                "waits": may_answer and row.offer == Offer.OFFERED,
                "declined": may_answer and row.offer == Offer.DECLINED,
                "words": refused[1] if refused and refused[0] == row.pk else "",
                "error": refused[2] if refused and refused[0] == row.pk else "",
            }
            for row in rows
            if row.offer != Offer.WITHDRAWN
        ],
        "gone": [row for row in rows if row.offer == Offer.WITHDRAWN],
        "may_post": may_answer,
    }
    return render(request, "events/state_event_answers.html", context, status=422 if refused else 200)


@require_POST
@staff_page("events.view_state_events")
def support_answer(request: HttpRequest, pk: int) -> HttpResponse:
    rows: Any = StateEventSupport.objects.in_branch(host_branch(request)).select_related("event", "community")
    support = get_object_or_404(rows, pk=pk)
    check(request, "events.answer_support", support)
    accept = request.POST.get("do") == "accept"
    words = request.POST.get("answer", "").replace("\x00", "").strip()
    try:
        answer_support(support, accept, answer=words, by=request.user)  # type: ignore[arg-type]
    except (AlreadyDecided, OwnSubmission) as refusal:
        messages.info(request, str(refusal))
    except Refused as refusal:  # of the words
        event = get_object_or_404(_events(request), pk=support.event_id)
        return _answers(request, event, (pk, words, str(refusal)))
    else:
        name = support.community.working_name
        messages.success(
            request,
            _("Помощь принята: «%(name)s» узнает сразу.") % {"name": name}
            if accept
            else _("Отказали с объяснением: «%(name)s» прочитает его.") % {"name": name},
        )
    return redirect(f"{reverse('state-event-answers', args=[support.event_id])}#support-{pk}")
