"""How a person hears from the portal: the inbox, settings, one click out of letters."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

import structlog
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub.actions import (
    mute_kind,
    read_notifications,
    revoke_letter_links,
    save_notification_settings,
    unmute_kind,
)
from hub.choices import ChannelCode
from hub.forms import NotificationSettingsForm
from hub.models import Notification, NotificationSettings
from hub.numbers import number_of
from hub.outbox.kinds import Kind, kind_of
from hub.outbox.letters import read_unsubscribe, words_of

log = structlog.get_logger(__name__)

PAGE = 30
#: So many letters of a text stand in the list; the rest opens on the spot.
FIRST_WORDS = 220


class Line(NamedTuple):
    """A notification in the list: `rest` is its whole text when the first words are not all of it."""

    row: Notification
    kind: Kind
    first: str
    rest: list[str]
    action: str
    calls: bool


def _line(row: Notification, now: datetime) -> Line:
    kind = kind_of(row.kind)
    try:
        words = words_of(row)
        paragraphs, action = words.paragraphs, words.action
    except Exception as error:
        # Its app is gone, or its words are no more what they were; that something was said stays.
        log.warning("message_not_shown", notification=row.pk, kind=row.kind, error=type(error).__name__)
        paragraphs, action = [], ""
    text = "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    first = Truncator(text).chars(FIRST_WORDS)
    timely = row.too_late_at is None or row.too_late_at > now
    return Line(
        row, kind, first, paragraphs if first != text else [], action, calls=kind.needs_act and timely
    )


def _day(day: date, today: date) -> str:
    if day == today:
        return _("Сегодня")
    return _("Вчера") if day == today - timedelta(days=1) else date_format(day, "d.m.Y")


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Everything the portal has told the person, the newest first, by days of their own clock."""
    user, branch = request.user, request.branch  # type: ignore[attr-defined]
    wishes = getattr(user, "notification_settings", None) or NotificationSettings(user=user)  # type: ignore[misc]
    rows = Notification.objects.inbox_of(user).select_related("branch", "user__notification_settings")  # type: ignore[arg-type]
    only_unread = request.GET.get("show") == "unread"
    page = Paginator(rows.unread() if only_unread else rows, PAGE).get_page(request.GET.get("page"))
    with timezone.override(wishes.zone(branch)):
        now = timezone.localtime()
        days = [
            (_day(day, now.date()), list(lines))
            for day, lines in groupby(
                (_line(row, now) for row in page),
                key=lambda line: timezone.localtime(line.row.created_at).date(),
            )
        ]
        context = {"page": page, "days": days, "only_unread": only_unread}
        return render(request, "hub/inbox.html", context)


@login_required
@require_safe
def inbox_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where the notification leads; it counts as read from now on."""
    row = get_object_or_404(Notification.objects.inbox_of(request.user), pk=pk)  # type: ignore[arg-type]
    if request.method == "GET":
        read_notifications(request.user, pk)  # type: ignore[arg-type]
    here = row.branch_id == request.branch.pk  # type: ignore[attr-defined]
    return redirect((row.path if here else row.url) or "inbox")


@login_required
@require_POST
def inbox_read(request: HttpRequest) -> HttpResponse:
    """All of it has been seen, or with `pk` this one."""
    keys = [pk for pk in map(number_of, request.POST.getlist("pk")) if pk]
    read_notifications(request.user, *keys)  # type: ignore[arg-type]
    return redirect(reverse("inbox") + ("?show=unread" if request.POST.get("show") == "unread" else ""))


@require_safe
def inbox_bell(request: HttpRequest) -> HttpResponse:
    """The bell alone, for pages that stay open; who signed out elsewhere gets no sign-in page into it."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
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
    """Stop letters of one kind: a look asks, a POST does it or takes it back, whoever is signed in."""
    found = read_unsubscribe(token)
    if found is None:
        raise Http404
    user, kind = found
    step = "ask"
    if request.method == "POST":
        step = "back" if "back" in request.POST else "done"
        change: Any = unmute_kind if step == "back" else mute_kind
        change(user, kind, ChannelCode.EMAIL, by=None)
    return render(request, "hub/unsubscribe.html", {"kind": kind_of(kind), "step": step})
