"""Choices that a browser remembers for a year, signed in or not."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponseBase

YEAR = 365 * 24 * 3600


def remember(response: HttpResponseBase, name: str, value: str) -> None:
    """Keep `value` under `name` ("" forgets it)."""
    if value:
        # Readable by scripts: the same buttons work without a reload.
        response.set_cookie(name, value, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax")
    else:
        response.delete_cookie(name, samesite="Lax")


def remember_language(response: HttpResponseBase, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
