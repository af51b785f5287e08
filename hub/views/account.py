"""A person's own settings, and the mailbox of the demo city."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hub import consents
from hub.actions import save_profile
from hub.adapters import DEMO_LETTERS
from hub.cookies import remember, remember_language
from hub.forms import ProfileForm
from hub.models import Notification, User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_settings(request: HttpRequest) -> HttpResponse:
    """Everything about oneself on one page: profile, ways to sign in, consents, data."""
    user = User.objects.get(pk=request.user.pk)  # the form writes into its own copy
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        answers = {field: form.cleaned_data[field] for field in form.Meta.fields}
        save_profile(request.user, answers, by=request.user)  # type: ignore[arg-type]
        with translation.override(answers["language"]):
            messages.success(request, _("Сохранили."))
        response = redirect("account-settings")
        remember(response, "theme", answers["theme"])
        remember_language(response, answers["language"])
        return response
    context = {"form": form, **_ways_in(request), **_consents(request)}
    return render(request, "hub/account_settings.html", context)


def _ways_in(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    kinds = list(user.authenticator_set.values_list("type", flat=True))  # type: ignore[union-attr]
    return {
        "emails": user.emailaddress_set.order_by("-primary", "email"),  # type: ignore[union-attr]
        "has_totp": "totp" in kinds,
        "keys": kinds.count("webauthn"),
        "providers": get_adapter().list_providers(request),
        "social_accounts": user.socialaccount_set.all(),  # type: ignore[union-attr]
    }


def _consents(request: HttpRequest) -> dict[str, Any]:
    rows = consents.standing(request.user)  # type: ignore[arg-type]
    names = consents.subject_names(request.user, rows)  # type: ignore[arg-type]
    return {"consents": [(row, names.get(row.subject, "")) for row in rows]}


@require_safe
def demo_letters(request: HttpRequest) -> HttpResponse:
    """Letters to the addresses typed in this browser: the demo city sends none.

    Prepared accounts are left out: their links would open them to anybody who knows an address.
    """
    if not (settings.DEMO or settings.DEBUG):
        raise Http404
    mine = request.session.get(DEMO_LETTERS, [])
    prepared = User.objects.filter(email__in=mine, is_demo=True).values("email")
    letters = (
        Notification.objects.filter(kind="account", email__in=mine)
        .exclude(email__in=prepared)
        .order_by("-pk")
    )
    return render(request, "hub/demo_letters.html", {"letters": letters[:20]})
