"""Supporting state events: what is asked for, a community's offer, and what it did."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from communities.models import Community
from communities.views.census import host_branch
from events.actions.stale import Stale
from events.actions.support import offer_support, prove_support, withdraw_support
from events.choices import Help, Offer
from events.forms.stale import begin_again, mark_of, moment_of
from events.forms.state import OfferForm, ProofForm
from events.models import Event, StateEventSupport, SupportRequest
from events.querysets.state import communities_spoken_for
from hub.approvals import Refused, reason_of
from hub.choices import State
from hub.kept_files import keep_files, stored
from hub.permissions import check
from hub.public import public_page
from hub.uploads import UploadRefused

PAGE = 20


@public_page
def state_event_list(request: HttpRequest) -> HttpResponse:
    """State events that ask communities for support, the most pressing first."""
    branch = request.branch  # type: ignore[attr-defined]
    today = timezone.localdate(timezone=branch.tz)
    rows = SupportRequest.objects.in_branch(branch).open_on(today).told()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.helps = Help.labels_of(row.kinds)
    return render(request, "events/state_event_list.html", {"page": page})


# --- a community offers ----------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def support_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """How one of the person's communities helps the event; of several `?community=` says which."""
    branch = host_branch(request)
    events = Event.objects.in_branch(branch).published().filter(is_state=True)
    event = get_object_or_404(events.select_related("branch", "venue", "support_request"), pk=pk)
    asked = getattr(event, "support_request", None)
    mine = list(communities_spoken_for(request.user, branch))  # type: ignore[arg-type]
    community = _chosen(request, mine)
    given = event.supports.filter(community__in=mine).exclude(offer=Offer.WITHDRAWN)
    offered = {support.community_id: support for support in given}
    if community and community.pk in offered and request.method != "POST":
        return redirect("support-detail", offered[community.pk].pk)
    sent = request.method == "POST" and community is not None
    form = OfferForm(request.POST if sent else None, asked=asked.kinds if asked else [])
    if sent and community and form.is_valid():
        check(request, "events.offer_support", community)
        try:
            support = offer_support(event, community, form.cleaned_data, by=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Отправлено администрации. Ответ придёт на почту и появится здесь."))
            return redirect("support-detail", support.pk)
    context = {
        "event": event,
        "asked": asked,
        "helps": Help.labels_of(asked.kinds) if asked else [],
        "is_open": bool(
            asked and asked.until >= timezone.localdate(timezone=branch.tz) and not event.is_cancelled
        ),
        "mine": [(row, offered.get(row.pk)) for row in mine],
        "community": community,
        "form": form,
    }
    return render(request, "events/support_offer.html", context, status=422 if form.errors else 200)


def _chosen(request: HttpRequest, mine: list[Community]) -> Community | None:
    """Of the person's communities the one that is named; the only one need not be."""
    if len(mine) == 1:
        return mine[0]
    slug = request.GET.get("community", "")
    return next((row for row in mine if row.slug == slug), None)


# --- and keeps its word ----------------------------------------------------------------------------


def _supports(request: HttpRequest) -> QuerySet[StateEventSupport]:
    return StateEventSupport.objects.in_branch(host_branch(request)).whole()


def _own_support(request: HttpRequest, pk: int) -> StateEventSupport:
    support = get_object_or_404(_supports(request), pk=pk)
    check(request, "events.offer_support", support)
    return support


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def support_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where one's support stands, and what comes next; sent, it is the proof of what was done."""
    support = _own_support(request, pk)
    sent = request.method == "POST"
    form = ProofForm(*((request.POST, request.FILES) if sent else ()), support=support)
    conflicts: list[dict[str, Any]] = []
    if sent and form.is_valid():
        try:
            if _prove(request, support, form):
                return redirect("support-detail", pk)
        except Stale as stale:
            conflicts = form.differences(stale.fresh)
            begin_again(form, mark_of(stale.fresh.submitted_at), str(stale))
    if form.errors:
        keep_files(form, by=request.user)  # type: ignore[arg-type]
    event = support.event
    began = event.starts_at <= timezone.now()
    may_prove = began and support.offer == Offer.ACCEPTED and support.is_editable and not event.is_cancelled
    if not may_prove:  # the form is not there to say it
        for refusal in form.non_field_errors():
            messages.error(request, refusal)
    context = {
        "support": support,
        "event": event,
        "helps": ", ".join(Help.labels_of(support.kinds)),
        "steps": steps(support),
        "began": began,
        "may_prove": may_prove,
        "may_withdraw": not support.is_settled and support.state == State.DRAFT,
        "form": form,
        "conflicts": conflicts,
    }
    return render(request, "events/support_detail.html", context, status=422 if form.errors else 200)


def _prove(request: HttpRequest, support: StateEventSupport, form: ProofForm) -> bool:
    said = form.cleaned_data
    try:
        photo = stored(form, "photo", by=request.user)  # type: ignore[arg-type]
        prove_support(
            support,
            report=said["report"],
            link=said["link"],
            photo=photo,
            seen=moment_of(said["seen"]),
            by=request.user,  # type: ignore[arg-type]
        )
    except UploadRefused as refusal:
        form.add_error("photo", str(refusal))
        return False
    except Stale:
        raise
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Отправлено координатору. Когда он подтвердит, помощь засчитают."))
    return True


def steps(support: StateEventSupport) -> list[dict[str, Any]]:
    """The way of the support for components/track.html."""
    made: list[dict[str, Any]] = [
        {
            "title": _("Предложили помощь"),
            "at": support.offered_at,
            "note": str(support.offered_by),
            "state": "done",
        }
    ]
    if support.offer == Offer.WITHDRAWN:
        return [*made, {"title": _("Отозвали"), "state": "back"}]
    if support.offer == Offer.OFFERED:
        return [
            *made,
            {"title": _("Администрация читает"), "note": _("ответ придёт на почту"), "state": "now"},
            {"title": _("Событие и ваш рассказ о нём")},
            {"title": _("Помощь засчитана")},
        ]
    accepted = support.offer == Offer.ACCEPTED
    made.append(
        {
            "title": _("Помощь приняли") if accepted else _("Помощь не понадобилась"),
            "at": support.answered_at,
            "note": _("администрация города"),
            "quote": support.answer,
            "state": "done" if accepted else "back",
        }
    )
    if accepted:
        made += _steps_of_proof(support)
    return made


def _steps_of_proof(support: StateEventSupport) -> list[dict[str, Any]]:
    counted: dict[str, Any] = {"title": _("Помощь засчитана")}
    if support.state == State.APPROVED:
        sent = {"title": _("Показали, как помогли"), "at": support.submitted_at, "state": "done"}
        counted |= {"at": support.decided_at, "note": str(support.decided_by), "state": "done"}
        return [sent, counted]
    if support.state == State.SUBMITTED:
        sent = {"title": _("Показали, как помогли"), "at": support.submitted_at, "state": "done"}
        return [sent, {"title": _("Проверяет координатор"), "state": "now"}, counted]
    if support.state == State.RETURNED:
        back = {
            "title": _("Координатор просит дополнить"),
            "at": support.decided_at,
            "quote": reason_of(support),
            "state": "back",
        }
        return [back, {"title": _("Ждёт вас"), "state": "now"}, counted]
    return [{"title": _("Событие и ваш рассказ о нём"), "state": "now"}, counted]


@login_required
@require_POST
def support_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    support = _own_support(request, pk)
    try:
        withdraw_support(support, by=request.user)  # type: ignore[arg-type]
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("Помощь отозвана, администрация об этом знает."))
    return redirect("support-detail", pk)
