"""A person's data: taken out, erased."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hub import my_data
from hub.forms import EraseForm


@login_required
@reauthentication_required
@require_safe
def my_data_page(request: HttpRequest) -> HttpResponse:
    """What is in the file. A page of its own: after the password one lands here, not on a finished form."""
    return render(request, "hub/my_data.html")


@login_required
@reauthentication_required
@require_safe
def my_data_download(request: HttpRequest) -> HttpResponse:
    """Everything the portal knows of the person, as a JSON file."""
    response = HttpResponse(my_data.export(request.user), content_type="application/json; charset=utf-8")  # type: ignore[arg-type]
    name = f"my-data-{timezone.localdate():%Y-%m-%d}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_required
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_data_erase(request: HttpRequest) -> HttpResponse:
    """Ask once, by a word typed, and erase."""
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = request.user
        logout(request)
        my_data.erase(user, by=user)  # type: ignore[arg-type]
        messages.success(
            request, _("Ваши данные стёрты, учётной записи больше нет. Спасибо, что были с нами.")
        )
        return redirect("home")
    return render(request, "hub/my_data_erase.html", {"form": form})
