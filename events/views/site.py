"""The calendar's part of the map of the site."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as sitemap_view
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from events.models import Event
from events.templatetags.events import address
from hub.models import Branch


class CalendarSitemap(Sitemap):
    def items(self) -> list[str]:
        return ["calendar"]

    def location(self, item: str) -> str:
        return reverse(item)


class EventSitemap(Sitemap):
    """Published events of one branch that are still to come."""

    limit = 10_000

    def __init__(self, branch: Branch, today: date) -> None:
        self.branch, self.today = branch, today

    def items(self) -> Any:
        published = Event.objects.in_branch(self.branch).published()
        return published.happening_from(self.today).order_by("pk").values_list("slug", "changed_at")

    def location(self, item: tuple[str, datetime]) -> str:
        return address(item[0])

    def lastmod(self, item: tuple[str, datetime]) -> datetime:
        return item[1]


@require_safe
@cache_control(public=True, max_age=3600)
def calendar_sitemap(request: HttpRequest) -> HttpResponse:
    branch: Branch = request.branch  # type: ignore[attr-defined]
    today = timezone.now().astimezone(branch.tz).date()
    return sitemap_view(request, {"calendar": CalendarSitemap(), "events": EventSitemap(branch, today)})
