"""Doors: what a view asks before it opens, and where it sends those who may not enter yet."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.defaults import permission_denied

View = Callable[..., HttpResponse]


class Explained(PermissionDenied):
    """Not for this visitor any more, with a page that says why."""

    def __init__(self, template: str, context: dict[str, Any]) -> None:
        super().__init__()
        self.template, self.context = template, context


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to all that is not for the visitor."""
    if isinstance(exception, Explained):
        return render(request, exception.template, exception.context, status=403)
    return permission_denied(request, exception)


def check(request: HttpRequest, perm: str, obj: Any = None) -> None:
    """Raise PermissionDenied unless the visitor has `perm` on `obj` (default: on the host's branch)."""
    if not request.user.has_perm(perm, obj if obj is not None else request.branch):  # type: ignore[attr-defined]
        raise PermissionDenied


def ask_second_factor(request: HttpRequest) -> HttpResponse:
    """Send a person who has no second factor yet to where it is set up."""
    messages.warning(request, _("Страницам отделения нужен второй фактор. Настройте его — это две минуты."))
    return redirect("mfa_index")


def staff_page(perm: str) -> Callable[[View], View]:
    """A page for the branch's staff: sign in first, then a second factor, then `perm` on the branch."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = request.user
            if not user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if user.granted_roles and not user.is_trusted:
                return ask_second_factor(request)
            check(request, perm)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
