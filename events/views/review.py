"""An event in the coordinator's hands, beside the queue; whom of the organisers to trust."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from communities.models import Community
from communities.querysets.queue import age
from communities.views.queue_list import Look, beside, by_sender, go_on, question, show
from events.actions.announcing import approve_event, return_event
from events.actions.trusting import distrust, trust
from events.forms.dates import ReasonForm
from events.models import Event, TrustedAdministration
from events.views.manage import summary
from events.views.manage_clashes import plan_of_event, warning
from events.views.own import events
from hub.approvals import Refused, reason_of
from hub.choices import State
from hub.numbers import number_of
from hub.permissions import check, staff_page


@require_GET
@staff_page("communities.view_queue")
def event_review(request: HttpRequest, pk: int) -> HttpResponse:
    return event_page(request, pk, beside(request, "event", pk))


def _event(request: HttpRequest, pk: int) -> Event:
    rows = events(request).exclude(state=State.DRAFT).select_related("submitted_by", "decided_by")
    return get_object_or_404(rows, pk=pk)


def _reason(data: Any = None) -> ReasonForm:
    return ReasonForm(
        data,
        label=_("Что поправить?"),
        required=_("Напишите, что поправить: организатор увидит эти слова."),
    )


def event_page(
    request: HttpRequest,
    pk: int,
    frame: dict[str, Any],
    form: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    event = _event(request, pk)
    waits = event.state == State.SUBMITTED
    said = summary(event)
    plan = plan_of_event(event, said["coming"])
    context = frame | said | (warning(plan, event.tz, slots=False) if waits else {})
    context |= {
        "waits": waits,
        "may_decide": waits and request.user.has_perm("events.review_event", event),
        "days": age(event.submitted_at, request.branch) if event.submitted_at else 0,  # type: ignore[attr-defined]
        "returned": reason_of(event),
        "form": form or _reason(),
        "trusted_administration": event.is_state
        and TrustedAdministration.objects.filter(branch=event.branch_id).exists(),
    }
    return render(request, "events/event_review.html", context, status=status)


@require_POST
@staff_page("communities.view_queue")
def event_decide(request: HttpRequest, pk: int) -> HttpResponse:
    event = _event(request, pk)
    check(request, "events.review_event", event)
    approving = request.POST.get("do") == "approve"
    form = _reason(request.POST)
    if not approving and not form.is_valid():
        return event_page(request, pk, beside(request, "event", pk), form, status=422)
    try:
        if approving:
            seen = number_of(request.POST.get("seen"), -1)
            approve_event(event, seen=seen, by=request.user)  # type: ignore[arg-type]
            messages.success(request, _("«%(title)s» — в календаре.") % {"title": event})
        else:
            return_event(event, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[arg-type]
            messages.success(request, _("Событие вернули с причиной."))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(reverse("event-review", args=[pk]) + question(request))
    return go_on(request, "event", event)


show(
    "event",
    Look(
        "event-review", (("event", gettext_lazy("События")),), by_sender(gettext_lazy("Событие")), event_page
    ),
)


# --- trust -----------------------------------------------------------------------------------------


def _community(request: HttpRequest, slug: str) -> Community:
    return get_object_or_404(Community.objects.in_branch(request.branch), slug=slug)  # type: ignore[attr-defined]


@require_POST
@staff_page("events.trust_organiser")
def organiser_trust(request: HttpRequest, slug: str) -> HttpResponse:
    community = _community(request, slug)
    trust(community, by=request.user)  # type: ignore[arg-type]
    messages.success(
        request, _("События «%(name)s» будут выходить без проверки.") % {"name": community.working_name}
    )
    return back_to_event(request)


@require_POST
@staff_page("events.trust_organiser")
def organiser_distrust(request: HttpRequest, slug: str) -> HttpResponse:
    community = _community(request, slug)
    distrust(community, by=request.user)  # type: ignore[arg-type]
    messages.success(
        request, _("События «%(name)s» снова идут через очередь.") % {"name": community.working_name}
    )
    return back_to_event(request)


def back_to_event(request: HttpRequest) -> HttpResponse:
    """To the event that the coordinator was reading."""
    event = number_of(request.POST.get("event"))
    return redirect("event-review", event) if event else redirect("review-queue")
