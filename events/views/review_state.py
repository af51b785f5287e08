"""Proofs of support and talks in the coordinator's hands, beside the queue; and whether to trust the administration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from communities.querysets.queue import age
from communities.views.queue_list import Look, beside, by_sender, go_on, question, show
from events.actions.state_events import distrust_administration, trust_administration
from events.actions.support import confirm_support, return_support
from events.actions.talks import approve_talk, return_talk
from events.choices import Help
from events.forms.dates import ReasonForm
from events.forms.stale import mark_of, moment_of
from events.models import StateEventSupport, Talk
from events.views.review import back_to_event
from hub.approvals import Refused, Reviewed, reason_of
from hub.choices import State
from hub.permissions import check, staff_page


def _form(data: Any = None) -> ReasonForm:
    return ReasonForm(
        data,
        label=_("Чего не хватает?"),
        required=_("Напишите, чего не хватает: лидер увидит эти слова."),
    )


def _said(request: HttpRequest, row: Reviewed, perm: str, form: ReasonForm | None) -> dict[str, Any]:
    """What both pages say of a row that is to be decided on."""
    waits = row.state == State.SUBMITTED
    return {
        "waits": waits,
        "may_decide": waits and request.user.has_perm(perm, row),
        "days": age(row.submitted_at, request.branch) if row.submitted_at else 0,  # type: ignore[attr-defined]
        "returned": reason_of(row),
        "seen": mark_of(row.submitted_at),
        "form": form or _form(),
    }


def _decide(
    request: HttpRequest,
    source: str,
    row: Any,
    page: Callable[..., HttpResponse],
    confirm: Callable[..., Any],
    send_back: Callable[..., Any],
    counted: str,
) -> HttpResponse:
    """Confirm or send back as the form says; `counted` is what the coordinator hears of what counts now."""
    form = _form(request.POST)
    try:
        if request.POST.get("do") == "approve":
            confirm(row, seen=moment_of(request.POST.get("seen", "")), by=request.user)
            messages.success(request, counted)
        elif form.is_valid():
            send_back(row, reason=form.cleaned_data["reason"], by=request.user)
            messages.success(request, _("Вернули с причиной."))
        else:
            return page(request, row.pk, beside(request, source, row.pk), form, status=422)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(reverse(f"{source}-review", args=[row.pk]) + question(request))
    return go_on(request, source, row)


# --- what a community did for a state event --------------------------------------------------------


def _supports(request: HttpRequest) -> QuerySet[StateEventSupport]:
    rows = StateEventSupport.objects.in_branch(request.branch).exclude(state=State.DRAFT)  # type: ignore[attr-defined]
    return rows.whole()


@require_safe
@staff_page("communities.view_queue")
def support_review(request: HttpRequest, pk: int) -> HttpResponse:
    return support_page(request, pk, beside(request, "support", pk))


def support_page(
    request: HttpRequest,
    pk: int,
    frame: dict[str, Any],
    form: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    support = get_object_or_404(_supports(request), pk=pk)
    context = frame | _said(request, support, "events.review_support", form)
    context |= {
        "support": support,
        "event": support.event,
        "helps": ", ".join(Help.labels_of(support.kinds)),
        "others": support.event.supports.confirmed().exclude(pk=pk).select_related("community__current"),
    }
    return render(request, "events/support_review.html", context, status=status)


@require_POST
@staff_page("communities.view_queue")
def support_decide(request: HttpRequest, pk: int) -> HttpResponse:
    support = get_object_or_404(_supports(request), pk=pk)
    check(request, "events.review_support", support)

    counted = _("Поддержка засчитана: «%(name)s».") % {"name": support.community}
    return _decide(request, "support", support, support_page, confirm_support, return_support, counted)


# --- a talk ----------------------------------------------------------------------------------------


def _talks(request: HttpRequest) -> QuerySet[Talk]:
    return Talk.objects.in_branch(request.branch).exclude(state=State.DRAFT).whole()  # type: ignore[attr-defined]


@require_safe
@staff_page("communities.view_queue")
def talk_review(request: HttpRequest, pk: int) -> HttpResponse:
    return talk_page(request, pk, beside(request, "talk", pk))


def talk_page(
    request: HttpRequest,
    pk: int,
    frame: dict[str, Any],
    form: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    talk = get_object_or_404(_talks(request), pk=pk)
    context = frame | _said(request, talk, "events.review_talk", form) | {"talk": talk}
    same_day = Talk.objects.in_branch(talk.branch).filter(community=talk.community, date=talk.date)
    context["others"] = same_day.exclude(pk=pk).exclude(state=State.DRAFT).order_by("pk")[:5]
    return render(request, "events/talk_review.html", context, status=status)


@require_POST
@staff_page("communities.view_queue")
def talk_decide(request: HttpRequest, pk: int) -> HttpResponse:
    talk = get_object_or_404(_talks(request), pk=pk)
    check(request, "events.review_talk", talk)

    counted = _("Выступление засчитано: «%(topic)s».") % {"topic": talk}
    return _decide(request, "talk", talk, talk_page, approve_talk, return_talk, counted)


show(
    "support",
    Look(
        "support-review",
        (("support", gettext_lazy("Поддержка")),),
        by_sender(gettext_lazy("Поддержка города")),
        support_page,
    ),
)
show(
    "talk",
    Look(
        "talk-review",
        (("talk", gettext_lazy("Выступления")),),
        by_sender(gettext_lazy("Выступление")),
        talk_page,
    ),
)


# --- trust -----------------------------------------------------------------------------------------


@require_POST
@staff_page("events.trust_administration")
def administration_trust(request: HttpRequest) -> HttpResponse:
    trust_administration(request.branch, by=request.user)  # type: ignore[attr-defined, arg-type]
    messages.success(request, _("Государственные события администрации будут выходить без проверки."))
    return back_to_event(request)


@require_POST
@staff_page("events.trust_administration")
def administration_distrust(request: HttpRequest) -> HttpResponse:
    distrust_administration(request.branch, by=request.user)  # type: ignore[attr-defined, arg-type]
    messages.success(request, _("Государственные события снова идут через очередь."))
    return back_to_event(request)
