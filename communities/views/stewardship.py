"""The team of a community: contacts, invitations, handing over; and claims of communities nobody leads."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.actions import claims
from communities.actions import stewardship as people
from communities.choices import Listing, StewardRole
from communities.forms.stewardship import ClaimForm, ContactForm, InvitationForm
from communities.models import Community, Invitation, Stewardship
from communities.views.census import host_branch, own_community
from communities.views.submission import ask
from hub import consents
from hub.approvals import Refused
from hub.choices import ConsentKind
from hub.permissions import check
from hub.uploads import UploadRefused, store_document

CHANNEL = "team"


@login_required
@require_safe
def community_manage(request: HttpRequest, slug: str) -> HttpResponse:
    """Who leads the community, who is invited, and what of oneself everybody sees."""
    community = own_community(request, slug)
    check(request, "communities.edit_record", community)
    return _page(request, community)


def _page(
    request: HttpRequest,
    community: Community,
    *,
    contacts: ContactForm | None = None,
    invitation: InvitationForm | None = None,
) -> HttpResponse:
    team = list(community.stewardships.select_related("user").order_by("-role", "pk"))
    team.sort(key=lambda row: StewardRole.values.index(row.role))
    mine = next((row for row in team if row.user_id == request.user.pk), None)
    leads = request.user.has_perm("communities.manage_stewards", community)
    waiting = community.invitations.usable().order_by("expires_at") if leads else []
    context = {
        "community": community,
        "name": community.working_name,
        "team": team,
        "me": mine,
        "leads": leads,
        "contacts": contacts or (ContactForm(stewardship=mine) if mine else None),
        "invitation": invitation or InvitationForm(),
        "invitations": [(row, _address(request, row)) for row in waiting],
        "consent": consents.current(ConsentKind.CONTACT).paragraphs,
    }
    return render(
        request, "communities/community_manage.html", context, status=400 if contacts or invitation else 200
    )


def _address(request: HttpRequest, invitation: Invitation) -> str:
    return request.build_absolute_uri(
        reverse("invitation-accept", args=[people.invitation_token(invitation)])
    )


@login_required
@require_POST
def steward_contacts(request: HttpRequest, slug: str) -> HttpResponse:
    community = own_community(request, slug)
    mine = community.stewardships.select_related("user", "community").filter(user=request.user).first()
    if mine is None:
        check(request, "communities.edit_record", community)
        raise Http404
    form = ContactForm(request.POST, stewardship=mine)
    if not form.is_valid():
        return _page(request, community, contacts=form)
    try:
        people.save_contacts(
            mine, form.contact_values, public=form.public_kinds, by=request.user, channel=CHANNEL
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("cabinet")
    people.show_name(mine, form.cleaned_data["show_name"], by=request.user, channel=CHANNEL)
    messages.success(request, _("Контакты сохранены."))
    return redirect("community-manage", slug)


@login_required
@require_POST
def steward_invite(request: HttpRequest, slug: str) -> HttpResponse:
    community = own_community(request, slug)
    check(request, "communities.manage_stewards", community)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _page(request, community, invitation=form)
    invitation, _token = people.invite_steward(community, by=request.user, **form.cleaned_data)
    messages.success(
        request,
        _("Письмо со ссылкой уйдёт на %(email)s.") % {"email": invitation.email}
        if invitation.email
        else _("Ссылка готова: скопируйте её и отправьте тому, кого зовёте."),
    )
    return redirect(f"{reverse('community-manage', args=[slug])}#invitations")


@login_required
@require_POST
def steward_revoke(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    community = own_community(request, slug)
    check(request, "communities.manage_stewards", community)
    try:
        people.revoke_invitation(get_object_or_404(community.invitations, pk=pk), by=request.user)
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("Приглашение отозвано: ссылка больше не откроется."))
    return redirect("community-manage", slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def steward_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a person out of the team, or leave it oneself."""
    community, row = _member(request, slug, pk)
    leaving = row.user_id == request.user.pk
    if not leaving:
        check(request, "communities.manage_stewards", community)
    if request.method != "POST":
        return ask(
            request,
            title=_("Уйти из команды?")
            if leaving
            else _("Убрать из команды: %(name)s?") % {"name": row.user},
            text=_("Контакты исчезнут со страницы сразу. Вернуться можно по новому приглашению."),
            action=_("Уйти") if leaving else _("Убрать"),
        )
    try:
        people.remove_steward(row, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("community-manage", slug)
    messages.success(
        request,
        _("Вы ушли из команды.") if leaving else _("%(name)s больше не в команде.") % {"name": row.user},
    )
    return redirect("cabinet") if leaving else redirect("community-manage", slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def steward_hand_over(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    community, row = _member(request, slug, pk)
    check(request, "communities.manage_stewards", community)
    if request.method != "POST":
        return ask(
            request,
            title=_("Передать руководство: %(name)s?") % {"name": row.user},
            text=_("Вы останетесь солидером. Вернуть руководство сможет только новый лидер."),
            action=_("Передать"),
        )
    try:
        people.hand_over(community, to=row, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Теперь лидер — %(name)s. Вы остались солидером.") % {"name": row.user})
    return redirect("community-manage", slug)


def _member(request: HttpRequest, slug: str, pk: int) -> tuple[Community, Stewardship]:
    community = own_community(request, slug)
    check(request, "communities.edit_record", community)
    return community, get_object_or_404(community.stewardships.select_related("user", "community"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link of an invitation leads. Foreign, used, revoked and old ones: there is no such page."""
    invitation = people.find_invitation(token)
    if invitation is None or invitation.community.branch_id != host_branch(request).pk:
        raise Http404
    community = invitation.community
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            people.accept_invitation(token, by=request.user)
        except Refused as refusal:
            messages.info(request, str(refusal))
            return redirect("cabinet")
        messages.success(request, _("Вы в команде. Здесь ваши дела и анкета сообщества."))
        return redirect("cabinet")
    context = {"invitation": invitation, "community": community, "name": community.working_name}
    response = render(request, "communities/invitation_accept.html", context)
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is a secret
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def community_claim(request: HttpRequest, slug: str) -> HttpResponse:
    """«Это моё сообщество» for what was taken from a table and has no leader yet."""
    rows = (
        Community.objects.in_branch(host_branch(request))
        .exclude(listing=Listing.MERGED)
        .select_related("current")
    )
    community = get_object_or_404(rows, slug=slug)
    if community.current is None:
        raise Http404
    waiting = community.claims.waiting().filter(submitted_by=request.user).first()
    led = community.stewardships.filter(role=StewardRole.LEADER).exists()
    is_sent = request.method == "POST"
    form = ClaimForm(request.POST, request.FILES) if is_sent else ClaimForm()
    if is_sent and not waiting and form.is_valid() and _claim(request, community, form):
        messages.success(request, _("Заявление отправлено. Координатор проверит и напишет вам."))
        return redirect("cabinet")
    context = {"community": community, "form": form, "waiting": waiting, "led": led}
    return render(request, "communities/claim_form.html", context)


def _claim(request: HttpRequest, community: Community, form: ClaimForm) -> bool:
    try:
        file = form.cleaned_data["proof"]
        proof = store_document(file, by=request.user) if file else None
        claims.submit_claim(
            community,
            by=request.user,
            text=form.cleaned_data["text"],
            link=form.cleaned_data["link"],
            proof=proof,
        )
    except UploadRefused as refusal:
        form.add_error("proof", str(refusal))
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return not form.errors
