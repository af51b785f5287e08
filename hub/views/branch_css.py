"""The palette of a branch as a stylesheet: tokens.css derives every colour from these five numbers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from hub.models import Branch


def palette(branch: Branch) -> str:
    return (
        ":root{"
        f"--branch-hue:{branch.hue:d};"
        f"--branch-accent-hue:{branch.accent_hue:d};"
        f"--branch-warm-hue:{branch.warm_hue:d};"
        f"--branch-land-hue:{branch.land_hue:d};"
        f"--branch-chroma:{branch.chroma:.2f}"
        "}\n"
    )


@require_safe
@cache_control(public=True, max_age=3600, stale_while_revalidate=86400)
def branch_css(request: HttpRequest) -> HttpResponse:
    return HttpResponse(palette(request.branch), content_type="text/css; charset=utf-8")  # type: ignore[attr-defined]
