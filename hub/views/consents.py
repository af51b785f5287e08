"""Texts of the consents, and taking one back."""

from __future__ import annotations

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hub import consents
from hub.choices import ConsentKind

#: What a consent may be about: nothing in particular, or a row («contact:7»).
_SUBJECT = re.compile(r"([a-z_]+:[0-9]{1,18})?")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What people agree to, today's wording; older ones below."""
    texts = [consents.current(kind) for kind in ConsentKind]
    older = [text for versions in consents.TEXTS.values() for text in versions[:-1]]
    return render(request, "hub/privacy.html", {"texts": texts, "older": older})


@login_required
@require_POST
def consent_withdraw(request: HttpRequest) -> HttpResponse:
    """Take a consent back; the one to processing leads to erasure, because nothing works without it."""
    kind, subject = request.POST.get("kind", ""), request.POST.get("subject", "")
    if kind not in ConsentKind.values or not _SUBJECT.fullmatch(subject):
        raise Http404
    if kind == ConsentKind.PROCESSING:
        return redirect("my-data-erase")
    if consents.withdraw(request.user, ConsentKind(kind), subject=subject, channel="settings"):  # type: ignore[arg-type]
        messages.success(request, _("Согласие отозвано: этого на портале больше никто не видит."))
    return redirect("account-settings")
