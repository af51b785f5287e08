"""The coordinator's look at every calendar that the branch follows."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from events.actions import remote
from events.views.remote import sources
from hub.approvals import Refused
from hub.permissions import staff_page

PAGE = 50


@require_safe
@staff_page("events.view_calendars")
def remote_health(request: HttpRequest) -> HttpResponse:
    rows = sources(request).living().with_counts().worst_first()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "events/remote_health.html", {"page": page})


@require_POST
@staff_page("events.view_calendars")
def remote_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of one calendar that waits, at one word."""
    source = get_object_or_404(sources(request).living(), pk=pk)
    try:
        done = remote.approve_all(source, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        words = ngettext("Одобрили %(n)s событие.", "Одобрили %(n)s событий.", done)
        messages.success(request, words % {"n": done} if done else _("Здесь уже ничего не ждёт."))
    return redirect("remote-health")
