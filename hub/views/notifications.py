"""How a person hears from the portal: the inbox, settings, one click out of letters."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub.actions import mute_kind, read_notifications, revoke_letter_links, save_notification_settings
from hub.choices import ChannelCode
from hub.forms import NotificationSettingsForm
from hub.models import Notification, NotificationSettings
from hub.outbox.kinds import kind_of
from hub.outbox.letters import read_unsubscribe, words_of

PAGE = 30


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Everything the portal has told the person, the newest first."""
    rows = Notification.objects.inbox_of(request.user).select_related("branch", "user")  # type: ignore[arg-type]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = [{"row": row, "kind": kind_of(row.kind), "words": words_of(row)} for row in page]
    return render(request, "hub/inbox.html", {"page": page, "lines": lines})


@login_required
@require_safe
def inbox_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where the notification leads; it counts as read from now on."""
    row = get_object_or_404(Notification.objects.inbox_of(request.user), pk=pk)  # type: ignore[arg-type]
    read_notifications(request.user, pk)  # type: ignore[arg-type]
    here = row.branch_id == request.branch.pk  # type: ignore[attr-defined]
    return redirect((row.path if here else row.url) or "inbox")


@login_required
@require_POST
def inbox_read(request: HttpRequest) -> HttpResponse:
    """All of it has been seen."""
    read_notifications(request.user)  # type: ignore[arg-type]
    return redirect("inbox")


@login_required
@require_safe
def inbox_bell(request: HttpRequest) -> HttpResponse:
    """The bell alone, for pages that stay open."""
    return render(request, "includes/bell.html")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notification_settings(request: HttpRequest) -> HttpResponse:
    """Ways, hours and rhythm in which the portal writes to the person."""
    user = request.user
    wishes = NotificationSettings.objects.filter(user=user.pk).first() or NotificationSettings(user=user)
    form = NotificationSettingsForm(request.POST or None, instance=wishes, branch=request.branch)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        save_notification_settings(user, form.answers(), by=user)  # type: ignore[arg-type]
        messages.success(request, _("Сохранили."))
        return redirect("notification-settings")
    return render(request, "hub/notification_settings.html", {"form": form})


@login_required
@require_POST
def letter_links_revoke(request: HttpRequest) -> HttpResponse:
    """Unsubscribe links in letters written so far stop working."""
    revoke_letter_links(request.user, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("Ссылки отказа из прежних писем больше не действуют."))
    return redirect("notification-settings")


# The link's own signature is the proof; a mail program that presses the button has no cookie (RFC 8058).
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop letters of one kind: a look asks, a POST does it, whoever is signed in."""
    found = read_unsubscribe(token)
    if found is None:
        raise Http404
    user, kind = found
    if request.method == "POST":
        mute_kind(user, kind, ChannelCode.EMAIL, by=None)
    context = {"kind": kind_of(kind), "done": request.method == "POST"}
    return render(request, "hub/unsubscribe.html", context)
