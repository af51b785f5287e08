"""The coordinator's queue: everything that waits for a decision, oldest first."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from communities.querysets.queue import waiting
from communities.views.queue_list import frame, kind_of
from communities.views.review import record_page
from communities.views.review_claims import claim_page
from hub.permissions import staff_page

_PAGES: dict[str, Callable[..., HttpResponse]] = {"record": record_page, "claim": claim_page}


@require_GET
@staff_page("communities.view_queue")
def queue(request: HttpRequest) -> HttpResponse:
    """The list; on a wide screen with its first line open beside it."""
    lines, more = waiting(request.branch, kind_of(request), request.GET.get("after", ""))  # type: ignore[attr-defined]
    first = lines[0] if lines else None
    if first and first.source in _PAGES:
        around = frame(request, lines, more, (first.source, first.pk))
        return _PAGES[first.source](request, first.pk, around | {"listed": True})
    return render(request, "communities/queue_list.html", frame(request, lines, more, ("", 0)))
