"""Talks in the hands of the community that gave them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from communities.models import Community, Stewardship
from communities.views.census import host_branch, own_community
from events.actions.stale import Stale
from events.actions.talks import discard_talk, edit_talk, tell_talk
from events.forms.stale import begin_again, mark_of, moment_of
from events.forms.talk import TalkForm
from events.models import Talk
from hub.approvals import Refused, reason_of
from hub.choices import State
from hub.kept_files import keep_files, stored
from hub.permissions import check
from hub.uploads import UploadRefused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def talk_tell(request: HttpRequest) -> HttpResponse:
    """A talk of `?community=`; without one, whose it is is asked first."""
    slug = request.GET.get("community", "")
    if not slug:
        return _whose(request)
    community = own_community(request, slug)
    check(request, "events.tell_talk", community)
    form = _form(request, community)
    if request.method == "POST" and form.is_valid():
        made = _save(
            request, form, lambda said, proof: tell_talk(community, said, proof=proof, by=request.user)
        )
        if made:
            messages.success(request, _("Отправлено координатору. Ответ придёт на почту и появится здесь."))
            return redirect(f"{reverse('cabinet')}#city")
    return _page(request, community, form)


def _whose(request: HttpRequest) -> HttpResponse:
    mine = list(Stewardship.objects.of(request.user, host_branch(request)))
    if len(mine) == 1:
        return redirect(f"{request.path}?community={mine[0].community.slug}")
    return render(request, "events/talk_whose.html", {"mine": [row.community for row in mine]})


def _form(request: HttpRequest, community: Community, talk: Talk | None = None) -> TalkForm:
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    return TalkForm(*sent, community=community, by=request.user, talk=talk)  # type: ignore[arg-type]


def _save(request: HttpRequest, form: TalkForm, act: Callable[[dict[str, Any], Any], Talk]) -> Talk | None:
    """What `act` makes of the answers; None when something was wrong, and the form says what."""
    try:
        return act(form.answers(), stored(form, "proof", by=request.user))  # type: ignore[arg-type]
    except UploadRefused as refusal:
        form.add_error("proof", str(refusal))
    except Stale:
        raise
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return None


def _page(
    request: HttpRequest,
    community: Community,
    form: TalkForm,
    talk: Talk | None = None,
    conflicts: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    if form.errors:
        keep_files(form, by=request.user)  # type: ignore[arg-type]
    context = {
        "community": community,
        "form": form,
        "talk": talk,
        "conflicts": conflicts,
        "reason": reason_of(talk) if talk else "",
        "counted": talk is not None and talk.state == State.APPROVED,
    }
    return render(request, "events/talk_form.html", context, status=422 if form.errors else 200)


def _own_talk(request: HttpRequest, pk: int) -> Talk:
    talk = get_object_or_404(Talk.objects.in_branch(host_branch(request)).whole(), pk=pk)
    check(request, "events.tell_talk", talk)
    return talk


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def talk_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What was told, to be mended until it counts; then to be read."""
    talk = _own_talk(request, pk)
    form = _form(request, talk.community, talk)
    conflicts: list[dict[str, Any]] | None = None
    if request.method == "POST" and form.is_valid():
        seen = moment_of(form.cleaned_data["seen"])
        try:
            made = _save(
                request,
                form,
                lambda said, proof: edit_talk(talk, said, proof=proof, seen=seen, by=request.user),
            )
        except Stale as stale:
            made, conflicts = None, form.differences(stale.fresh)
            begin_again(form, mark_of(stale.fresh.submitted_at), str(stale))
        if made:
            messages.success(request, _("Исправлено и отправлено координатору."))
            return redirect(f"{reverse('cabinet')}#city")
    return _page(request, talk.community, form, talk, conflicts)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def talk_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was told by mistake."""
    talk = _own_talk(request, pk)
    if request.method != "POST":
        said = {
            "title": _("Удалить выступление?"),
            "text": _("«%(topic)s» исчезнет из ваших дел и из очереди координатора.") % {"topic": talk},
            "action": _("Удалить"),
        }
        return render(request, "communities/steward_confirm.html", said)
    try:
        discard_talk(talk, by=request.user)  # type: ignore[arg-type]
    except Refused as refusal:
        messages.info(request, str(refusal))
        return redirect("talk-edit", pk)
    messages.success(request, _("Выступление удалено."))
    return redirect("cabinet")
