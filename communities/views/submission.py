"""A questionnaire as a whole: begin it, look it over, send it, take it back, confirm it for another year."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities import diff
from communities.actions import census
from communities.actions.census import Incomplete
from communities.forms.census import CHECK, CHECK_TITLE, STEPS, step_of
from communities.models import CensusRecord, Contact
from communities.views.census import card, frame, host_branch, own_community, own_record, reasons_of
from communities.views.community import shown
from hub.approvals import Refused
from hub.choices import State
from hub.models import User
from hub.permissions import check

# --- getting in -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def census_start(request: HttpRequest) -> HttpResponse:
    """What registering takes, said before signing in; POST begins."""
    user = request.user
    if request.method == "POST":
        if not user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            record = census.register_community(host_branch(request), by=user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("census-start")
        return redirect("census-step", record.pk, STEPS[0].slug)
    drafts = CensusRecord.objects.none()
    if user.is_authenticated:
        drafts = CensusRecord.objects.in_branch(host_branch(request)).first_drafts_of(user)
    return render(
        request, "communities/census_start.html", {"drafts": drafts, "steps": STEPS, "check": CHECK_TITLE}
    )


@login_required
@require_POST
def census_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Open the record in work, or begin one as a copy of what the public sees."""
    community = own_community(request, slug)
    check(request, "communities.edit_record", community)
    try:
        record = census.begin_edit(community, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("cabinet")
    return redirect(resume(record))


@login_required
@require_POST
def census_confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """«Ничего не изменилось»: the yearly round in one click."""
    community = own_community(request, slug)
    check(request, "communities.submit_record", community)
    try:
        record = census.confirm_unchanged(community, by=request.user)
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(
            request, _("Спасибо! Анкета подтверждена: перепись %(year)s.") % {"year": record.round.year}
        )
    return redirect("cabinet")


# --- check, preview, submit -------------------------------------------------------------------------------


@login_required
@require_safe
def census_check(request: HttpRequest, pk: int) -> HttpResponse:
    """The seventh step: everything at a glance, what is missing, and the button that sends it."""
    record = own_record(request, pk)
    if not record.is_editable:
        return redirect("census-preview", record.pk)
    missing = census.gaps(record, by=request.user)
    diff.with_pictures(record)
    groups: dict[str, list[diff.FieldDiff]] = {}
    for row in diff.compare(None, record):
        owner = step_of(row.name)
        if row.new and owner:
            groups.setdefault(owner.slug, []).append(row)
    context = {
        **frame(record, CHECK, missing),
        "record": record,
        "missing": [
            {
                "message": message,
                "step": step.slug if (step := step_of(field)) else STEPS[0].slug,
                "field": field,
            }
            for field, message in missing.items()
        ],
        "reasons": [reason for reason in reasons_of(record).values() if not reason["mended"]],
        "groups": [(step, groups.get(step.slug, [])) for step in STEPS],
        "contacts": _own_contacts(record, request.user),
        "may_submit": request.user.has_perm("communities.submit_record", record),
        "card": card(record),
    }
    return render(request, "communities/census_check.html", context)


@login_required
@require_safe
def census_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The record as the city will see it, and where it is on its way."""
    record = own_record(request, pk, perm="communities.view_record")
    record.name = record.name or _("Ваше сообщество")
    context = {
        **shown(record, record.community),
        "preview": True,
        "mine": request.user.has_perm("communities.edit_record", record),
        "may_submit": request.user.has_perm("communities.submit_record", record),
    }
    return render(request, "communities/census_preview.html", context)


@login_required
@require_POST
def census_submit(request: HttpRequest, pk: int) -> HttpResponse:
    record = own_record(request, pk)
    check(request, "communities.submit_record", record)
    try:
        census.submit_record(record, by=request.user)
    except Incomplete as incomplete:
        messages.error(request, str(incomplete))
        return redirect("census-step", record.pk, CHECK)
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("Анкета отправлена. Координатор ответит, письмо придёт на почту."))
    return redirect("cabinet")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def census_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    record = own_record(request, pk)
    check(request, "communities.submit_record", record)
    if request.method != "POST":
        return ask(
            request,
            title=_("Отозвать анкету?"),
            text=_(
                "Она снова станет черновиком. Когда поправите, отправьте ещё раз: очередь начнётся заново."
            ),
            action=_("Отозвать"),
        )
    try:
        census.withdraw_record(record, by=request.user)
    except Refused as refusal:
        messages.info(request, str(refusal))
        return redirect("cabinet")
    messages.success(request, _("Анкета отозвана: её снова можно править."))
    return redirect("census-step", record.pk, CHECK)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def census_discard(request: HttpRequest, pk: int) -> HttpResponse:
    record = own_record(request, pk)
    check(request, "communities.submit_record", record)
    if request.method != "POST":
        text = (
            _("То, что видят жители, не изменится.")
            if record.community.current_id
            else _("Вернуть его будет нельзя.")
        )
        return ask(request, title=_("Удалить черновик?"), text=text, action=_("Удалить"))
    try:
        census.discard_record(record, by=request.user)
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("Черновик удалён."))
    return redirect("cabinet")


# --- small things --------------------------------------------------------------------------------


def _own_contacts(record: CensusRecord, user: User) -> list[tuple[Contact, bool]]:
    """What the reader left of themselves, and whether everybody will see it."""
    own = Contact.objects.filter(stewardship__community=record.community_id, stewardship__user=user)
    public = set(own.published().values_list("pk", flat=True))
    return [(contact, contact.pk in public) for contact in own.order_by("pk")]


def ask(request: HttpRequest, *, title: str, text: str, action: str) -> HttpResponse:
    """The question before what cannot be undone, for those whose dialog did not open."""
    return render(
        request, "communities/steward_confirm.html", {"title": title, "text": text, "action": action}
    )


def resume(record: CensusRecord) -> str:
    """Where work on a record goes on: the first thing to mend, else the first step."""
    if not record.is_editable:
        return reverse("census-preview", args=[record.pk])
    waiting = (name for name, reason in reasons_of(record).items() if not reason["mended"])
    return resume_at(record, next(waiting, None))


def resume_at(record: CensusRecord, field: str | None) -> str:
    """The step that asks for `field`, at its very place; without one, the step left last."""
    if field and (step := step_of(field)):
        return f"{reverse('census-step', args=[record.pk, step.slug])}?fix=1#id_{field}"
    if record.state == State.RETURNED:
        return reverse("census-check", args=[record.pk])
    last = max(record.touched, key=record.touched.__getitem__, default="")
    step = step_of(last) or STEPS[0]
    return reverse("census-step", args=[record.pk, step.slug])
