"""How this browser shows the portal: theme, low-vision version, language. Kept in cookies."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import translate_url
from django.utils.cache import add_never_cache_headers
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_safe

from hub.choices import Theme
from hub.context import LowVision
from hub.cookies import remember, remember_language

# Question → answer → word in the cookie `a11y`.
LOW_VISION = {
    "size": {"": "", "large": "large", "huge": "huge"},
    "contrast": {"": "", "high": "contrast"},
    "spacing": {"": "", "wide": "wide"},
    "images": {"": "", "none": "noimages"},
}


@require_safe
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember what is asked for and go back; asked for nothing, show the whole choice as a page.

    A plain GET form: it changes only this browser's looks, and public pages stay free of CSRF cookies.
    """
    asked = request.GET.keys() & {"theme", "language", "reset", *LOW_VISION}
    next_url = request.GET.get("next") or _came_from(request)
    if not url_has_allowed_host_and_scheme(
        next_url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        next_url = "/"
    if not asked:
        return render(request, "preferences.html", {"next_url": next_url})

    response = HttpResponseRedirect(next_url)
    add_never_cache_headers(response)
    if "reset" in asked:
        response.delete_cookie("theme")
        response.delete_cookie("a11y")
        return response
    if asked & LOW_VISION.keys():
        remember(response, "a11y", _low_vision(request))
    if (theme := request.GET.get("theme")) in Theme.values:
        remember(response, "theme", theme)
    language = request.GET.get("language", "")
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        response["Location"] = iri_to_uri(translate_url(next_url, language))
        remember_language(response, language)
    return response


def _came_from(request: HttpRequest) -> str:
    """Address of the page whose button was pressed; the frame around pages does not know where it stands."""
    came = urlsplit(request.headers.get("Referer", ""))
    if came.netloc != request.get_host() or came.path == request.path:
        return "/"
    return came._replace(scheme="", netloc="", fragment="").geturl()


def _low_vision(request: HttpRequest) -> str:
    """The cookie with the answers given now over those given before."""
    before = LowVision.from_cookie(request.COOKIES.get("a11y", ""))
    answers = {question: request.GET.get(question, getattr(before, question)) for question in LOW_VISION}
    return ".".join(
        word for question, answer in answers.items() if (word := LOW_VISION[question].get(answer, ""))
    )
