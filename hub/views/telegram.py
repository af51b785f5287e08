"""Linking a person's chat with the bot; where there is no bot there are no such pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hub.telegram.linking import leave, link_of, make_code

View = Callable[..., HttpResponse]
#: The session key under which the browser that asked for a code keeps its seed.
SEED = "telegram_seed"


def with_bot(view: View) -> View:
    """Only for a signed-in person, on a portal that has a bot."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.TELEGRAM_TOKEN:
            raise Http404
        return login_required(view)(request, *args, **kwargs)

    return guarded


@with_bot
@require_safe
def telegram_link(request: HttpRequest) -> HttpResponse:
    """The link that brings the code to the bot, until the bot has it; htmx asks for the changed part alone."""
    link = link_of(request.user, request.session.get(SEED, ""))  # type: ignore[arg-type]
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "hub/telegram_link.html", {"link": link})
    if link.address:
        return HttpResponse(status=204)  # the page, and where its reader is in it, stays as it is
    return render(request, "hub/telegram_link.html#state", {"link": link})


@with_bot
@require_POST
def telegram_connect(request: HttpRequest) -> HttpResponse:
    """A new one-time code, shown to this browser alone."""
    request.session[SEED] = make_code(request.user, by=request.user)  # type: ignore[arg-type]
    return redirect("telegram-link")


@with_bot
@require_POST
def telegram_disconnect(request: HttpRequest) -> HttpResponse:
    request.session.pop(SEED, None)
    leave(request.user, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("Telegram отключён: туда больше ничего не придёт."))
    return redirect(f"{reverse('notification-settings')}#telegram")
