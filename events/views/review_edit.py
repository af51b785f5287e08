"""What was changed in a published event, in the coordinator's hands, beside the queue."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from communities.querysets.queue import age
from communities.views.queue_list import Look, beside, by_sender, go_on, question, show
from events.actions.edits import approve_edit, return_edit, said_by
from events.forms.dates import ReasonForm
from events.models import Event, EventEdit, Venue
from events.views.manage import summary
from hub.approvals import Refused
from hub.choices import State
from hub.models import Upload
from hub.numbers import number_of
from hub.permissions import check, staff_page


def _edit(request: HttpRequest, pk: int) -> EventEdit:
    rows = EventEdit.objects.in_branch(request.branch).select_related("event", "submitted_by", "decided_by")  # type: ignore[attr-defined]
    return get_object_or_404(rows, pk=pk)


def _form(data: Any = None) -> ReasonForm:
    return ReasonForm(
        data,
        label=_("Почему возвращаете прежние слова?"),
        required=_("Напишите, почему: организатор увидит эти слова."),
    )


@require_safe
@staff_page("communities.view_queue")
def event_edit_review(request: HttpRequest, pk: int) -> HttpResponse:
    return edit_page(request, pk, beside(request, "event-edit", pk))


def edit_page(
    request: HttpRequest, pk: int, frame: dict[str, Any], form: ReasonForm | None = None, status: int = 200
) -> HttpResponse:
    edit = _edit(request, pk)
    waits = edit.state == State.SUBMITTED
    context = frame | summary(edit.event)
    context |= {
        "edit": edit,
        "waits": waits,
        "may_decide": waits and request.user.has_perm("events.review_edit", edit),
        "days": age(edit.submitted_at, request.branch) if edit.submitted_at else 0,  # type: ignore[attr-defined]
        "changes": _changes(edit),
        "form": form or _form(),
    }
    return render(request, "events/event_edit_review.html", context, status=status)


def _changes(edit: EventEdit) -> list[dict[str, Any]]:
    """Each column that says something else now: its label, and what it said and says, as people read it."""
    now = said_by(edit.event)
    return [
        {
            "label": Event._meta.get_field(name).verbose_name,
            "before": _as_read(name, before),
            "now": _as_read(name, now[name]),
            "is_picture": name == "cover_id",
        }
        for name, before in edit.before.items()
        if before != now[name]
    ]


def _as_read(name: str, value: Any) -> Any:
    if name == "venue_id":
        return Venue.objects.filter(pk=value).first()
    if name == "cover_id":
        return Upload.objects.filter(pk=value).first()
    if name == "is_free":
        return {True: _("да"), False: _("нет"), None: ""}[value]
    return value


@require_POST
@staff_page("communities.view_queue")
def event_edit_decide(request: HttpRequest, pk: int) -> HttpResponse:
    edit = _edit(request, pk)
    check(request, "events.review_edit", edit)
    approving = request.POST.get("do") == "approve"
    form = _form(request.POST)
    if not approving and not form.is_valid():
        return edit_page(request, pk, beside(request, "event-edit", pk), form, status=422)
    seen = number_of(request.POST.get("seen"), -1)
    try:
        if approving:
            approve_edit(edit, seen=seen, by=request.user)  # type: ignore[arg-type]
            messages.success(request, _("Правка осталась."))
        else:
            return_edit(edit, reason=form.cleaned_data["reason"], seen=seen, by=request.user)  # type: ignore[arg-type]
            messages.success(request, _("В событии снова прежние слова, организаторы узнают почему."))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(reverse("event-edit-review", args=[pk]) + question(request))
    return go_on(request, "event-edit", edit)


show(
    "event-edit",
    Look(
        "event-edit-review",
        (("event-edit", gettext_lazy("Правки событий")),),
        by_sender(gettext_lazy("Правка события")),
        edit_page,
    ),
)
