"""What machines ask a site for: map of the site, rules for robots, icon, manifest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as sitemap_view
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from communities.models import Community
from hub.models import Branch

PRIVATE = (
    "cabinet",
    "queue",
    "registry",
    "imports",
    "rounds",
    "accounts",
    "admin",
    "files",
    "invitations",
    "preferences",
)


class PageSitemap(Sitemap):
    """Pages that every branch has."""

    def items(self) -> list[str]:
        return ["home", "community-list", "community-gaps"]

    def location(self, item: str) -> str:
        return reverse(item)


class CommunitySitemap(Sitemap):
    """Listed communities of one branch."""

    limit = 10_000

    def __init__(self, branch: Branch) -> None:
        self.branch = branch

    def items(self) -> Any:
        listed = Community.objects.in_branch(self.branch).listed().newest_first()
        return listed.values_list("slug", "listed_at", "current__decided_at")

    def location(self, item: tuple[str, datetime, datetime | None]) -> str:
        return reverse("community-detail", args=[item[0]])

    def lastmod(self, item: tuple[str, datetime, datetime | None]) -> datetime:
        return item[2] or item[1]


@require_safe
@cache_control(public=True, max_age=3600)
def sitemap(request: HttpRequest) -> HttpResponse:
    parts = {"pages": PageSitemap(), "communities": CommunitySitemap(request.branch)}  # type: ignore[attr-defined]
    return sitemap_view(request, parts)


@require_safe
@cache_control(public=True, max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:
    closed = [f"Disallow: /{name}/" for name in PRIVATE]
    # Filters make endless addresses of the same communities and events; the pages themselves stay open.
    lines = [
        "User-agent: *",
        *closed,
        "Disallow: /communities/?",
        "Disallow: /calendar/?",
        *(
            f"Sitemap: {request.build_absolute_uri(reverse(name))}"
            for name in ("sitemap", "calendar-sitemap")
        ),
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=86400)
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask here unasked; pages themselves name the SVG."""
    return redirect(static("hub/img/icon-180.png"), permanent=True)


@require_safe
@cache_control(public=True, max_age=86400)
def manifest(request: HttpRequest) -> JsonResponse:
    branch: Branch = request.branch  # type: ignore[attr-defined]
    return JsonResponse(
        {
            "name": _("Центр Сообществ, %(branch)s") % {"branch": branch.name},
            "short_name": branch.name,
            "start_url": reverse("home"),
            "display": "minimal-ui",
            "lang": "ru",
            "background_color": "#faf8f3",
            "theme_color": "#002a3a",
            "icons": [
                {"src": static("hub/img/icon.svg"), "type": "image/svg+xml", "sizes": "any"},
                {"src": static("hub/img/icon-180.png"), "type": "image/png", "sizes": "180x180"},
            ],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )
