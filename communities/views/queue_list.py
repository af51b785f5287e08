"""The list of the queue, as every page of the queue shows it at the left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from communities.querysets.queue import Waiting, next_after, waiting, waiting_counts
from hub.approvals import Reviewed


@dataclass(frozen=True)
class Look:
    """How the lines of one source look; apps above add theirs by `show`.

    `tabs` are its kinds with their names. `page` opens a line beside the list; without one the line leads
    to a page of its own.
    """

    route: str
    tabs: tuple[tuple[str, Any], ...]
    what: Callable[[Waiting], str]
    page: Callable[..., HttpResponse] | None = None


LOOKS: dict[str, Look] = {}


def show(source: str, look: Look) -> None:
    LOOKS[source] = look


def by_sender(label: Any) -> Callable[[Waiting], str]:
    """«Новая анкета · Ольга Тимофеева»."""
    return lambda line: f"{label} · {line.who}"


def tabs() -> dict[str, Any]:
    """{kind: name}, in their order; the first one is of everything."""
    return {"": _("Всё")} | {kind: label for look in LOOKS.values() for kind, label in look.tabs}


def kind_of(request: HttpRequest) -> str:
    kind = request.GET.get("kind", "")
    return kind if kind in tabs() else ""


def question(request: HttpRequest, **changed: str) -> str:
    """`?kind=…&after=…` as asked, so that the list stays as it was."""
    asked = {"kind": kind_of(request), "after": request.GET.get("after", "")} | changed
    return (
        "?" + urlencode({name: value for name, value in asked.items() if value})
        if any(asked.values())
        else ""
    )


def _address(line: Waiting, asked: str) -> str:
    look = LOOKS[line.source]
    address = reverse(look.route, args=[line.pk])
    return address + asked if look.page else address


def _item(request: HttpRequest, line: Waiting, asked: str, here: tuple[str, int]) -> dict[str, Any]:
    branch = request.branch  # type: ignore[attr-defined]
    days = line.days(branch)
    return {
        "href": _address(line, asked),
        "slug": line.slug or line.source,
        "name": line.name or _("Без названия"),
        "what": LOOKS[line.source].what(line),
        "days": days,
        "age": _("%(n)s дн., сегодня") % {"n": days} if days == branch.norm_days and days else "",
        "here": (line.source, line.pk) == here,
    }


def frame(request: HttpRequest, lines: list[Waiting], more: bool, here: tuple[str, int]) -> dict[str, Any]:
    """What every page of the queue shows around the thing to decide."""
    branch = request.branch  # type: ignore[attr-defined]
    counts = waiting_counts(branch)
    request.queue_count = counts["all"]  # type: ignore[attr-defined]
    kind, asked = kind_of(request), question(request)
    return {
        "lines": [_item(request, line, asked, here) for line in lines],
        "more": question(request, after=lines[-1].cursor) if more else "",
        "first_page": "" if not request.GET.get("after") else question(request, after="") or "?",
        "counts": counts,
        "tabs": [
            {
                "href": reverse("review-queue") + (f"?kind={code}" if code else ""),
                "label": words,
                "count": counts[code or "all"],
                "here": code == kind,
            }
            for code, words in tabs().items()
            if not code or counts[code] or code == kind or code != "import"
        ],
        "question": asked,
    }


def beside(request: HttpRequest, source: str, pk: int) -> dict[str, Any]:
    lines, more = waiting(request.branch, kind_of(request), request.GET.get("after", ""))  # type: ignore[attr-defined]
    return frame(request, lines, more, (source, pk))


def go_on(request: HttpRequest, source: str, row: Reviewed) -> HttpResponse:
    """After a decision: the next line of the same tab, or the list when nothing is left."""
    branch, kind = request.branch, kind_of(request)  # type: ignore[attr-defined]
    line = Waiting(row.submitted_at, source, row.pk, False, "", "", "", 1) if row.submitted_at else None
    following = next_after(branch, line, kind)
    if following is None or LOOKS[following.source].page is None:
        return redirect(reverse("review-queue") + (f"?kind={kind}" if kind else ""))
    return redirect(_address(following, f"?kind={kind}" if kind else ""))
