"""A person's own settings."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hub import consents
from hub.actions import save_profile
from hub.cookies import remember, remember_language
from hub.forms import ProfileForm
from hub.models import User


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
