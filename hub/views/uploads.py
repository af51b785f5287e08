"""Stored files: public ones for everybody, private ones per access."""

from __future__ import annotations

import uuid

from django.contrib.auth.views import redirect_to_login
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from hub.models import Upload
from hub.small_pictures import small

#: What of our own making may be shown inside a page; anything else is only offered for saving.
SHOWN = {"webp": "image/webp"}


@require_safe
def upload_file(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """A private file, for those who have `hub.view_upload` on it; for the rest there is no such file.

    `?small` asks for a picture in the size of a card.
    """
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    upload = get_object_or_404(Upload, pk=pk)
    if not upload.is_public and not request.user.has_perm("hub.view_upload", upload):
        raise Http404
    name = str(upload.file.name)
    try:
        file = default_storage.open(small(name) if "small" in request.GET else name, "rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        file,
        content_type=upload.content_type,
        as_attachment=upload.extension not in SHOWN,
        filename=f"{upload.title or upload.pk}.{upload.extension}",
    )
    response.headers["Cache-Control"] = "private, no-store"
    return _harmless(response)


@require_safe
@cache_control(public=True, max_age=365 * 24 * 3600, immutable=True)
def public_file(request: HttpRequest, folder: str, name: str, extension: str) -> HttpResponseBase:
    """A public file. In production the front server answers for this address; here Django does."""
    try:
        file = default_storage.open(f"public/{folder}/{name}.{extension}", "rb")
    except FileNotFoundError:
        raise Http404 from None
    return _harmless(FileResponse(file, content_type=SHOWN[extension]))


def _harmless(response: FileResponse) -> FileResponse:
    """Even if somebody smuggled a page into a file, it would run nothing."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; sandbox"
    return response
