"""Pages that are the same for every visitor without an account: kept in Redis for a short while.

Why so, and what it costs: docs/adr/0006-public-cache.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from functools import wraps
from time import monotonic, time
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

View = Callable[..., HttpResponse]
T = TypeVar("T")
#: Moment of expiry, ETag, content, headers.
Page = tuple[float, str, bytes, dict[str, str]]

#: Cookies that change how a page looks (they are part of its key) or nothing at all; with any other
#: cookie (a session, a waiting message) the page is somebody's own.
LOOKS = ("theme", "a11y")
HARMLESS = {*LOOKS, settings.LANGUAGE_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
#: A longer question is answered, never kept: nobody fills Redis with invented addresses of any length.
LONGEST = 300
#: How many pages that were asked for again, and how many small things, a process keeps.
MOST_PAGES = 200
MOST_KEPT = 2000
VARY = ("Cookie", "Accept-Language", "HX-Target")


def public_page(view: View) -> View:
    """Answer a visitor without an account from the cache; the browser asks each time and gets 304.

    The view must show nothing that depends on anything but host, address, language and looks.
    """

    @require_safe
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.COOKIES.keys() <= HARMLESS:
            return view(request, *args, **kwargs)
        key = _key(request) if settings.PUBLIC_CACHE_SECONDS else ""
        page = _found(key) if key else None
        if page is None:
            response = view(request, *args, **kwargs)
            if response.streaming or response.status_code != 200 or response.cookies:
                return response
            etag = f'"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
            page = (time() + settings.PUBLIC_CACHE_SECONDS, etag, response.content, dict(response.headers))
            if key and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
                cache.set(key, page, settings.PUBLIC_CACHE_SECONDS)
        return _answer(request, *page[1:])

    return answered


def _key(request: HttpRequest) -> str:
    """Everything that the page depends on; "" when the address is too long to be kept."""
    path = request.get_full_path()
    if len(path) > LONGEST:
        return ""
    looks = [request.COOKIES.get(name, "")[:40] for name in LOOKS]
    parts = [
        request.scheme or "",
        request.get_host(),
        get_language() or "",
        request.headers.get("HX-Target", "")[:40],  # a part of the page, or the whole of it
        *looks,
    ]
    return "page:" + hashlib.blake2b("\n".join([*parts, path]).encode(), digest_size=16).hexdigest()


def _found(key: str) -> Page | None:
    """The page as this process or another one made it; one moment of expiry wherever it lies."""
    page = _pages.get(key)
    if page and page[0] > time():
        return page
    page = cache.get(key)
    if page:
        if len(_pages) >= MOST_PAGES:
            _pages.clear()
        _pages[key] = page
    return page


def _answer(request: HttpRequest, etag: str, content: bytes, headers: dict[str, str]) -> HttpResponse:
    asked = request.headers.get("If-None-Match", "")
    if etag in (tag.strip().removeprefix("W/") for tag in asked.split(",")):
        response = HttpResponse(status=304)
        del response.headers["Content-Type"]
    else:
        response = HttpResponse(content, headers=headers)
    response.headers["ETag"] = etag
    # no-cache: kept by the browser, but asked about each time, so that a theme or a sign-in shows at once.
    patch_cache_control(response, no_cache=True)
    patch_vary_headers(response, VARY)
    return response


_pages: dict[str, Page] = {}
_kept: dict[Hashable, tuple[float, Any]] = {}


def kept(key: Hashable, make: Callable[[], T]) -> T:
    """What this process made not long ago for the same key; for small things that cost more than a look
    into Redis. Nothing personal may come here."""
    if not settings.KEPT_SECONDS:
        return make()
    now = monotonic()
    found = _kept.get(key)
    if found is None or found[0] < now:
        if len(_kept) > MOST_KEPT:
            _kept.clear()
        found = _kept[key] = (now + settings.KEPT_SECONDS, make())
    return found[1]


def forget() -> None:
    """Forget everything that was kept, here and in Redis."""
    _kept.clear()
    _pages.clear()
    cache.clear()
