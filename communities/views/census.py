"""The questionnaire, a step at a time: every way out of a step saves, and so does the clock."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from communities import diff
from communities.actions import census, stewardship
from communities.actions.census import StaleEdit, shown
from communities.choices import Listing
from communities.forms.census import CHECK, CHECK_TITLE, STEPS, ContactsForm, StepForm, step_of
from communities.models import CensusRecord, Community
from communities.views.cards import DIRECTIONS, small_picture
from hub import consents
from hub.approvals import Refused
from hub.choices import ConsentKind, State
from hub.models import Branch
from hub.numbers import number_of
from hub.permissions import check
from hub.small_pictures import ROW
from hub.uploads import LOGO_SIDE, UploadRefused, store_picture

CHANNEL = "census"


# --- a step -----------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def census_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """One step of the questionnaire; every way out of it saves."""
    record = own_record(request, pk)
    form_class = _form_class(step)
    if request.method == "POST":
        return _save_step(request, record, form_class)
    if not record.is_editable:
        return redirect("census-preview", record.pk)
    form = _form(request, record, form_class)
    form.explain_rough()
    if "fix" in request.GET:
        form.demand()
    return _step_page(request, record, form)


def _save_step(request: HttpRequest, record: CensusRecord, form_class: type[StepForm]) -> HttpResponse:
    verb, _colon, target = request.POST.get("do", "next").partition(":")
    form = _form(request, record, form_class, sent=True)
    try:
        if verb == "withdraw" and record.state == State.SUBMITTED:
            check(request, "communities.submit_record", record)
            record = census.withdraw_record(record, by=request.user)
            verb = "stay"
        fresh, conflicts = _save(request, record, form)
        form.record = record = fresh
        _change_pictures(request, record, form, verb, target)
    except Refused as refusal:
        # What was typed stays on the page; nothing of it is saved.
        known = CensusRecord.objects.select_related("community__branch").filter(pk=record.pk)
        form.record = known.first() or record  # another tab may have deleted it
        return _step_page(request, form.record, form, refusal=str(refusal), status=409)
    if conflicts:
        return _step_page(request, record, form, conflicts=_told(form, conflicts), status=409)
    if verb == "next":
        form.demand()
    if form.picture_errors or (form.errors and verb in ("next", "stay")):
        return _step_page(request, record, form)
    if verb == "exit":
        messages.success(request, _("Черновик сохранён. Вернуться к нему можно отсюда."))
        return redirect("cabinet")
    if verb == "next" and "fix" in request.GET:
        # Who came to mend one place goes back to what is left, not through the steps after it.
        return redirect("census-step", record.pk, CHECK)
    return redirect(_whereto(record, form_class, verb))


def _whereto(record: CensusRecord, form_class: type[StepForm], verb: str) -> str:
    slugs = [*(step.slug for step in STEPS), CHECK]
    here = slugs.index(form_class.slug)
    if verb in ("next", "skip"):
        here += 1
    elif verb == "back":
        here = max(0, here - 1)
    address = reverse("census-step", args=[record.pk, slugs[here]])
    return f"{address}#pictures" if verb.startswith(("logo", "photo")) else address


def _save(
    request: HttpRequest, record: CensusRecord, form: StepForm
) -> tuple[CensusRecord, dict[str, tuple[Any, Any]]]:
    """Save what the sender changed; fields changed elsewhere meanwhile come back as conflicts."""
    base, version = _base(request), number_of(request.POST.get("version"), record.version)
    answers, rough = form.changed(base)
    for name in form.columns:
        keep = request.POST.get(f"keep_{name}")
        if keep == "theirs":
            answers.pop(name, None)
            rough.pop(name, None)
        elif keep == "mine" and base is not None:
            # Chosen knowingly: the sender saw what stands there now.
            base[name] = _json(request.POST.get(f"seen_{name}"))
    conflicts: dict[str, tuple[Any, Any]] = {}
    try:
        record = census.save_answers(
            record, answers, rough=rough, by=request.user, version=version, base=base
        )
    except StaleEdit as stale:
        record, conflicts = stale.record, stale.conflicts
    if isinstance(form, ContactsForm):
        _save_person(request, form)
    return record, conflicts


def _save_person(request: HttpRequest, form: ContactsForm) -> None:
    if form.stewardship is None:
        return
    if not any(name.startswith("contact_") for name in form.errors):
        stewardship.save_contacts(
            form.stewardship, form.contact_values, public=form.public_kinds, by=request.user, channel=CHANNEL
        )
    stewardship.show_name(form.stewardship, form.cleaned_data["show_name"], by=request.user, channel=CHANNEL)
    if form.cleaned_data.get("consent"):
        consents.give(request.user, ConsentKind.PROCESSING, channel=CHANNEL)


def _change_pictures(
    request: HttpRequest, record: CensusRecord, form: StepForm, verb: str, target: str
) -> None:
    """Chosen files are taken whatever button was pressed; a refused one says why and harms nothing else."""
    if not form.owns("photos"):
        return
    try:
        if logo := request.FILES.get("logo_file"):
            upload = store_picture(logo, by=request.user, public=True, max_side=LOGO_SIDE, square=True)
            census.set_logo(record, upload, by=request.user)
        for file in request.FILES.getlist("photo_files"):
            if record.photos.count() >= census.MAX_PHOTOS:
                raise Refused(_("Фотографий может быть до шести. Уберите одну, чтобы добавить другую."))
            census.add_photo(record, store_picture(file, by=request.user, public=True), by=request.user)
    except (UploadRefused, Refused) as refusal:
        form.picture_errors.append(str(refusal))
        form.add_error(None, str(refusal))
    if verb == "logo-remove":
        census.set_logo(record, None, by=request.user)
    elif verb == "photo-remove":
        census.remove_photo(record, number_of(target), by=request.user)
    elif verb == "photo-first":
        census.lead_with_photo(record, number_of(target), by=request.user)


@require_POST
def census_autosave(request: HttpRequest, pk: int) -> HttpResponse:
    """Save a step in passing. 401 once signed out, 409 when the record cannot be edited: the browser keeps the text."""
    if not request.user.is_authenticated:
        return JsonResponse(
            {"message": _("Вы вышли с портала. Текст сохранён в этом браузере: войдите, и мы его вернём.")},
            status=401,
        )
    record = own_record(request, pk)
    form = _form(request, record, _form_class(request.POST.get("step", "")), sent=True)
    base, version = _base(request), number_of(request.POST.get("version"), record.version)
    answers, rough = form.changed(base)
    conflicts: dict[str, Any] = {}
    try:
        record = census.save_answers(
            record, answers, rough=rough, by=request.user, version=version, base=base
        )
    except StaleEdit as stale:
        record, conflicts = stale.record, stale.conflicts
    except Refused as refusal:
        return JsonResponse({"message": str(refusal)}, status=409)
    saved = [name for name in {**answers, **rough} if name not in conflicts]
    return JsonResponse(
        {
            "text": _("сохранено %(time)s") % {"time": _clock(record)},
            "base": {name: shown(record, name) for name in saved},
            "conflicts": [str(form.fields[name].label) for name in conflicts],
        }
    )


# --- the page of a step -----------------------------------------------------------------------------------


def _step_page(
    request: HttpRequest,
    record: CensusRecord,
    form: StepForm,
    *,
    conflicts: list[dict[str, Any]] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    reasons = reasons_of(record)
    for name, field in form.fields.items():
        field.reason = reasons.get(name)
    form.mark_optional()
    missing = census.gaps(record, by=request.user)
    context = {
        **frame(record, form.slug, missing),
        "record": record,
        "form": form,
        "body": f"communities/census_{form.slug}.html",
        # With a conflict open the page still stands on what it was built from: the choice decides.
        "base": request.POST.get("base", form.base) if conflicts or refusal else form.base,
        "version": request.POST.get("version", record.version) if conflicts or refusal else record.version,
        "conflicts": conflicts,
        "refusal": refusal,
        "other_reasons": [
            reason for name, reason in reasons.items() if name in form.also and name not in form.fields
        ],
        "photos": record.photos.select_related("upload") if form.owns("photos") else [],
        "max_photos": census.MAX_PHOTOS,
        "consent": consents.current(ConsentKind.CONTACT).paragraphs,
        "pin_lat": record.community.branch.lat if record.lat is None else record.lat,
        "pin_lng": record.community.branch.lng if record.lng is None else record.lng,
        "card": card(record),
        "stood": max((record.touched.get(name, 0) for name in form.columns), default=0),
    }
    return render(request, "communities/census_step.html", context, status=status)


def reasons_of(record: CensusRecord) -> dict[str, dict[str, Any]]:
    """What the coordinator asked to mend: {field: reason, whether it has been changed since}."""
    changed = record.changed_fields
    return {
        decision.field: {
            "label": diff.label(decision.field),
            "text": decision.reason,
            "mended": decision.field in changed,
            "field": decision.field,
            "step": step.slug if (step := step_of(decision.field)) else STEPS[0].slug,
        }
        for decision in record.decisions.filter(accepted=False).order_by("pk")
    }


def frame(record: CensusRecord, here: str, missing: dict[str, str]) -> dict[str, Any]:
    """The stepper: where we are, what is filled, when it was saved."""
    troubled = {step.slug for field in missing if (step := step_of(field))}
    troubled |= {reason["step"] for reason in reasons_of(record).values() if not reason["mended"]}
    slugs = [step.slug for step in STEPS]
    filled = {step.slug for step in STEPS if step.slug not in troubled and _has_answers(record, step)}
    steps = [
        {
            "label": title,
            "href": reverse("census-step", args=[record.pk, slug]),
            "state": "now" if slug == here else "done" if slug in filled else "",
        }
        for slug, title in [*((step.slug, step.title) for step in STEPS), (CHECK, CHECK_TITLE)]
    ]
    number = [*slugs, CHECK].index(here) + 1
    saved = _("сохранено %(time)s") % {"time": _clock(record)} if record.version > 1 else ""
    return {"steps": steps, "number": number, "total": len(steps), "saved": saved, "is_first": number == 1}


def _has_answers(record: CensusRecord, step: type[StepForm]) -> bool:
    defaults = ("", None, False, [], {}, "none")
    return any(
        shown(record, name) not in defaults
        for name in step.base_fields
        if name in census.ANSWERS and name != "city"
    )


def _told(form: StepForm, conflicts: dict[str, tuple[Any, Any]]) -> list[dict[str, Any]]:
    """Both versions of each contested answer, in words."""
    told = []
    for name, (theirs, _mine) in conflicts.items():
        stored = form.record.rough.get(name) or diff.value(form.record, name)
        told.append(
            {
                "name": name,
                "label": form.fields[name].label,
                "theirs": ", ".join(map(str, stored)) if isinstance(stored, list) else stored,
                "seen": json.dumps(theirs, ensure_ascii=False),
            }
        )
    return told


def card(record: CensusRecord) -> dict[str, Any]:
    """The record as components/ccard.html shows it to the city."""
    first = record.photos.select_related("upload").first()
    return {
        "url": reverse("census-preview", args=[record.pk]),
        "name": record.name or _("Ваше сообщество"),
        "slug": record.community.slug,
        "direction": record.direction,
        "direction_label": DIRECTIONS.get(record.direction, ""),
        "short": record.short or _("Здесь будет сказано, чем вы заняты."),
        "district": record.district.name if record.district else "",
        "schedule": record.schedule,
        "participants": record.participants,
        "looking_for_people": record.looking_for_people,
        "cover": small_picture(first.upload.file.name) if first else "",
        "logo": small_picture(record.logo.file.name, ROW) if record.logo else "",
        "confirmed_on": timezone.localdate(),
    }


# --- small things -----------------------------------------------------------------------------------------


def host_branch(request: HttpRequest) -> Branch:
    return request.branch  # type: ignore[attr-defined, no-any-return]


def own_community(request: HttpRequest, slug: str) -> Community:
    rows = Community.objects.in_branch(host_branch(request)).exclude(listing=Listing.MERGED)
    return get_object_or_404(rows.select_related("branch", "current"), slug=slug)


def own_record(request: HttpRequest, pk: int, perm: str = "communities.edit_record") -> CensusRecord:
    rows = CensusRecord.objects.in_branch(host_branch(request)).select_related(
        "community__branch", "community__current", "district", "city", "logo", "round"
    )
    record = get_object_or_404(rows, pk=pk)
    check(request, perm, record)
    return record


def _form_class(slug: str) -> type[StepForm]:
    for step in STEPS:
        if step.slug == slug:
            return step
    raise Http404


def _form(
    request: HttpRequest, record: CensusRecord, form_class: type[StepForm], *, sent: bool = False
) -> StepForm:
    extra: dict[str, Any] = {}
    if issubclass(form_class, ContactsForm):
        extra["stewardship"] = (
            record.community.stewardships.select_related("user").filter(user=request.user).first()
        )
    return form_class(request.POST if sent else None, record=record, **extra)


def _base(request: HttpRequest) -> dict[str, Any] | None:
    """What the sender's page was built from; None for a page that does not say."""
    base = _json(request.POST.get("base"))
    return base if isinstance(base, dict) else None


def _json(text: str | None) -> Any:
    try:
        return json.loads(text or "null")
    except (ValueError, RecursionError):  # brackets a hundred thousand deep
        return None


def _clock(record: CensusRecord) -> str:
    return f"{timezone.localtime(record.saved_at, record.community.branch.tz):%H:%M}"
