"""What every request and response gets."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import SimpleLazyObject

from hub.models import Branch
from hub.public import kept

type_next = Callable[[HttpRequest], HttpResponse]


def security_headers(get_response: type_next) -> type_next:
    """Headers that Django's SecurityMiddleware and django-csp do not set."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy", "geolocation=(self), camera=(), microphone=(), payment=(), usb=()"
        )
        return response

    return middleware


def without_nul(get_response: type_next) -> type_next:
    """Pages are asked without NUL letters: no column holds them, nobody types them, Postgres refuses to look for them.

    The API says itself what is wrong with them.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = request.META.get("QUERY_STRING", "")
        if "%00" in asked and not request.path.startswith("/api/"):
            # Before anybody reads request.GET, which is made of it.
            request.META["QUERY_STRING"] = asked.replace("%00", "")
        return get_response(request)

    return middleware


def _branch(request: HttpRequest) -> Branch:
    host = request.get_host().rsplit(":", 1)[0].lower()
    # Each request gets a copy of its own: nobody changes what others see by setting an attribute.
    branch = copy(kept(("branch", host), lambda: Branch.objects.for_host(host)))
    if branch is None:
        raise Http404("There is no branch yet: run `manage.py create_branch`")
    return branch


def branch_of_host(get_response: type_next) -> type_next:
    """`request.branch`: the city branch whose portal this is, read when first asked for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.branch = SimpleLazyObject(lambda: _branch(request))  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def private_pages(get_response: type_next) -> type_next:
    """Pages made for a signed-in person stay out of every cache, the browser's own included."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return middleware
