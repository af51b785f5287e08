"""A questionnaire in the coordinator's hands: field by field beside the approved one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from communities.actions.merging import tell_apart
from communities.actions.review import approve_record, decide_field, return_record
from communities.choices import ContactKind
from communities.diff import FIELDS, FieldDiff, compare, label, with_pictures
from communities.forms.fields import without_nul
from communities.models import CensusRecord, Community, Contact, FieldDecision, Stewardship
from communities.querysets.queue import age
from communities.views.queue_list import beside, go_on, question
from hub.approvals import Refused
from hub.choices import State
from hub.models import Revision, User
from hub.permissions import check, staff_page
from hub.working_days import add_working_days


def _records(request: HttpRequest) -> QuerySet[CensusRecord]:
    return CensusRecord.objects.in_branch(request.branch).exclude(state=State.DRAFT)  # type: ignore[attr-defined]


def _shown(request: HttpRequest) -> QuerySet[CensusRecord]:
    """Records with all that the page shows of them; the sender's history as numbers."""
    sent = (
        CensusRecord.objects.filter(submitted_by=OuterRef("submitted_by")).order_by().values("submitted_by")
    )
    returns = Revision.objects.filter(
        target="communities.censusrecord",
        action="return",
        target_id__in=CensusRecord.objects.filter(submitted_by=OuterRef(OuterRef("submitted_by"))).values(
            "pk"
        ),
    )
    steward = Stewardship.objects.filter(community=OuterRef("community"), user=OuterRef("submitted_by"))
    parts = ("city", "district", "logo", "round")
    return (
        _records(request)
        .select_related(
            "community",
            "community__branch",
            "submitted_by",
            "decided_by",
            *parts,
            "community__current",
            *(f"community__current__{part}" for part in parts),
        )
        .annotate(
            sender_sent=Coalesce(Subquery(sent.annotate(n=Count("pk")).values("n")), 0),
            sender_returns=Coalesce(
                Subquery(returns.order_by().values("action").annotate(n=Count("pk")).values("n")), 0
            ),
            sender_role=Subquery(steward.values("role")[:1]),
        )
    )


@require_GET
@staff_page("communities.view_queue")
def review_record(request: HttpRequest, pk: int) -> HttpResponse:
    return record_page(request, pk, beside(request, "record", pk))


def record_page(request: HttpRequest, pk: int, frame: dict[str, Any]) -> HttpResponse:
    record = get_object_or_404(_shown(request), pk=pk)
    community = record.community
    before = (
        community.current if community.current_id != record.pk else CensusRecord.objects.previous_to(record)
    )
    with_pictures(before, record)
    decisions = {decision.field: decision for decision in record.decisions.all()}
    trace = _trace(record, before)
    contacts = list(
        Contact.objects.filter(stewardship__community=community)
        .select_related("stewardship__user")
        .order_by("pk")
    )
    waits = record.state == State.SUBMITTED
    context = frame | {
        "record": record,
        "community": community,
        "before": before,
        "waits": waits,
        "may_decide": waits and request.user.has_perm("communities.review_record", record),
        "days": age(record.submitted_at, request.branch) if waits else None,  # type: ignore[attr-defined]
        "track": _track(request, record, before, trace),
        "contacts": contacts,
        "call": _call(contacts, record.submitted_by),
        **_rows(record, before, decisions, trace),
    }
    return render(request, "communities/queue_record.html", context)


def _rows(
    record: CensusRecord,
    before: CensusRecord | None,
    decisions: dict[str, FieldDecision],
    trace: list[Revision],
) -> dict[str, Any]:
    """The fields in the order of interest: to be decided, accepted at an earlier look, unchanged or empty."""
    resent = _resent(record, trace)
    wanted: list[dict[str, Any]] = []
    accepted: list[dict[str, Any]] = []
    quiet: list[dict[str, Any]] = []
    for diff in compare(before, record):
        decision = decisions.get(diff.name)
        earlier = bool(decision and record.submitted_at and decision.at < record.submitted_at)
        row = _row(diff, decision, resent=diff.name in resent, stuck=earlier and not decision.accepted)  # type: ignore[union-attr]
        if decision and not decision.accepted:
            wanted.append(row)
        elif not (diff.changed if before else diff.new):
            quiet.append(row)
        else:
            (accepted if earlier else wanted).append(row)
    return {
        "wanted": wanted,
        "accepted": accepted,
        "quiet": quiet,
        "changed": len(wanted) + len(accepted),
        "fields": len(FIELDS),
        "returned": _returned(decisions.values()),
    }


def _row(diff: FieldDiff, decision: FieldDecision | None, *, resent: bool, stuck: bool) -> dict[str, Any]:
    return {"diff": diff, "decision": decision, "resent": resent, "stuck": stuck}


def _resent(record: CensusRecord, trace: list[Revision]) -> set[str]:
    """What the leader changed after the last return."""
    own = [step for step in trace if step.target_id == record.pk and step.action in ("submit", "return")]
    if len(own) > 1 and own[-1].action == "submit" and own[-2].action == "return":
        return set(own[-1].changed)
    return set()


def _returned(decisions: Iterable[FieldDecision]) -> int:
    return sum(not decision.accepted for decision in decisions)


def _call(contacts: list[Contact], sender: User | None) -> str:
    """A number to call: the sender's own, or any steward's."""
    if sender and sender.phone:
        return str(sender.phone)
    phones = [contact for contact in contacts if contact.kind == ContactKind.PHONE]
    phones.sort(key=lambda contact: contact.stewardship.user_id != getattr(sender, "pk", None))
    return phones[0].value if phones else ""


def _trace(record: CensusRecord, before: CensusRecord | None) -> list[Revision]:
    rows = [record.pk, *([before.pk] if before else [])]
    return list(
        Revision.objects.filter(target="communities.censusrecord", target_id__in=rows)
        .exclude(action="edit")
        .select_related("actor")
        .order_by("id")
    )


_STEPS = {
    "register": gettext_lazy("Сообщество зарегистрировано"),
    "begin": gettext_lazy("Правка начата"),
    "submit": gettext_lazy("Отправлена на проверку"),
    "withdraw": gettext_lazy("Отозвана лидером"),
    "return": gettext_lazy("Возвращена"),
    "approve": gettext_lazy("Одобрена"),
    "import": gettext_lazy("Взята из таблицы"),
}


def _track(
    request: HttpRequest, record: CensusRecord, before: CensusRecord | None, trace: list[Revision]
) -> list[dict[str, Any]]:
    """The path of the record: what was, where it is, what comes."""
    steps: list[dict[str, Any]] = []
    for step in trace:
        if step.action not in _STEPS:
            continue
        if step.target_id != record.pk and step.action != "approve":
            continue
        title = _("Прежняя запись одобрена") if step.target_id != record.pk else _STEPS[step.action]
        steps.append(
            {
                "title": title,
                "at": step.at,
                "note": f"{step.actor}," if step.actor else "",
                "quote": step.note if step.action == "return" else "",
                "state": "back" if step.action == "return" else "done",
            }
        )
    if record.state == State.SUBMITTED and record.submitted_at:
        branch = request.branch  # type: ignore[attr-defined]
        due = add_working_days(record.submitted_at.astimezone(branch.tz).date(), branch.norm_days)
        steps.append(
            {
                "title": _("На проверке у вас"),
                "note": _("ответ нужен до %(day)s") % {"day": f"{due:%d.%m.%Y}"},
                "state": "now",
            }
        )
        steps.append(
            {
                "title": _("Опубликована"),
                "note": _("прежняя запись видна до решения")
                if before
                else _("и сообщество появится в каталоге"),
            }
        )
    return steps


def _note(record: CensusRecord, request: HttpRequest, field: str, known: dict[str, FieldDecision]) -> bool:
    """Save what the form says of one field; False when a return lacks its reason."""
    said = request.POST.get(field, "")
    reason = without_nul(request.POST.get(f"{field}-reason", "")).strip()[:500]
    if said not in ("accept", "return") or (said == "return" and not reason):
        return said != "return"
    have = known.get(field)
    if have is None or have.accepted != (said == "accept") or (said == "return" and have.reason != reason):
        decide_field(record, field, accepted=said == "accept", reason=reason, by=request.user)  # type: ignore[arg-type]
    return True


@require_POST
@staff_page("communities.view_queue")
def review_field(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """Keep what was said of one field, while the coordinator reads on."""
    record = get_object_or_404(_records(request), pk=pk)
    check(request, "communities.review_record", record)
    known = {decision.field: decision for decision in record.decisions.all()}
    try:
        noted = _note(record, request, field, known)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return HttpResponse(headers={"HX-Redirect": reverse("review-record", args=[pk]) + question(request)})
    response = render(
        request,
        "communities/queue_decide.html",
        {"returned": _returned(record.decisions.all()), "waiting_for": "" if noted else label(field)},
    )
    return response


@require_POST
@staff_page("communities.view_queue")
def review_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or return; what was said of the fields is kept first, so it survives a refusal."""
    record = get_object_or_404(_records(request), pk=pk)
    check(request, "communities.review_record", record)
    verb: Callable[..., CensusRecord] | None = {"approve": approve_record, "return": return_record}.get(
        request.POST.get("do", "")
    )
    back = redirect(reverse("review-record", args=[pk]) + question(request))
    try:
        known = {decision.field: decision for decision in record.decisions.all()}
        unsaid = [label(field) for field in FIELDS if not _note(record, request, field, known)]
        if unsaid:
            messages.error(request, _("Напишите, что поправить: %(fields)s.") % {"fields": ", ".join(unsaid)})
            return back
        if verb is None:
            messages.success(request, _("Отметки сохранены."))
            return back
        decided = verb(record, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return back
    said = _("%(name)s: одобрено.") if verb is approve_record else _("%(name)s: вернули с причинами.")
    messages.success(request, said % {"name": decided})
    return go_on(request, "record", decided)


# --- suspected duplicates ------------------------------------------------------------------------------


@require_GET
@staff_page("communities.view_queue")
def review_similar(request: HttpRequest, pk: int) -> HttpResponse:
    """Who the record resembles; looked for apart, so that the record itself opens at once."""
    record = get_object_or_404(_records(request).select_related("community"), pk=pk)
    found = Community.objects.in_branch(request.branch).resembling(record)  # type: ignore[attr-defined]
    template = "communities/queue_similar.html" if request.htmx else "communities/queue_similar_page.html"  # type: ignore[attr-defined]
    return render(request, template, {"record": record, "found": found, "question": question(request)})


@require_POST
@staff_page("communities.merge_community")
def not_duplicate(request: HttpRequest, first: int, second: int) -> HttpResponse:
    """Two communities are different ones: they are not suspected again."""
    communities = Community.objects.in_branch(request.branch)  # type: ignore[attr-defined]
    one, other = get_object_or_404(communities, pk=first), get_object_or_404(communities, pk=second)
    try:
        tell_apart(one, other, by=request.user)  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("review-queue")
    if request.htmx:  # type: ignore[attr-defined]
        said = json.dumps({"toast": _("Запомнили: это разные сообщества.")})
        return HttpResponse(headers={"HX-Trigger": said})
    messages.success(request, _("Запомнили: это разные сообщества."))
    return redirect("review-queue")
