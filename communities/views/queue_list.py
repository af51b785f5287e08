"""The list of the queue, as every page of the queue shows it at the left."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from communities.models import CensusRecord, Claim
from communities.querysets.queue import Waiting, next_after, waiting, waiting_counts

TABS = (
    ("", gettext_lazy("Всё")),
    ("new", gettext_lazy("Анкеты")),
    ("edit", gettext_lazy("Правки")),
    ("claim", gettext_lazy("Заявления")),
    ("import", gettext_lazy("Импорт")),
)
_WHAT = {
    "new": gettext_lazy("Новая анкета"),
    "edit": gettext_lazy("Правка записи"),
    "claim": gettext_lazy("Право на запись"),
}
#: What opens beside the list; the rest has pages of its own.
OPENED = ("record", "claim")
_ROUTES = {"record": "review-record", "claim": "review-claim", "import": "import-detail"}


def kind_of(request: HttpRequest) -> str:
    kind = request.GET.get("kind", "")
    return kind if kind in dict(TABS) else ""


def question(request: HttpRequest, **changed: str) -> str:
    """`?kind=…&after=…` as asked, so that the list stays as it was."""
    asked = {"kind": kind_of(request), "after": request.GET.get("after", "")} | changed
    return (
        "?" + urlencode({name: value for name, value in asked.items() if value})
        if any(asked.values())
        else ""
    )


def _address(line: Waiting, asked: str) -> str:
    address = reverse(_ROUTES[line.source], args=[line.pk])
    return address if line.source == "import" else address + asked


def _what(line: Waiting) -> str:
    if line.source == "import":
        return ngettext("Импорт · %(n)s строка", "Импорт · %(n)s строк", line.rows) % {"n": line.rows}
    return f"{_WHAT[line.kind]} · {line.who}"


def _item(request: HttpRequest, line: Waiting, asked: str, here: tuple[str, int]) -> dict[str, Any]:
    branch = request.branch  # type: ignore[attr-defined]
    days = line.days(branch)
    return {
        "href": _address(line, asked),
        "slug": line.slug or line.source,
        "name": line.name or _("Без названия"),
        "what": _what(line),
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
            for code, words in TABS
            if not code or counts[code] or code == kind or code in ("new", "edit", "claim")
        ],
        "question": asked,
    }


def beside(request: HttpRequest, source: str, pk: int) -> dict[str, Any]:
    lines, more = waiting(request.branch, kind_of(request), request.GET.get("after", ""))  # type: ignore[attr-defined]
    return frame(request, lines, more, (source, pk))


def go_on(request: HttpRequest, source: str, row: CensusRecord | Claim) -> HttpResponse:
    """After a decision: the next line of the same tab, or the list when nothing is left."""
    branch, kind = request.branch, kind_of(request)  # type: ignore[attr-defined]
    line = Waiting(row.submitted_at, source, row.pk, False, "", "", "", 1) if row.submitted_at else None
    following = next_after(branch, line, kind)
    if following is None or following.source not in OPENED:
        return redirect(reverse("review-queue") + (f"?kind={kind}" if kind else ""))
    return redirect(_address(following, f"?kind={kind}" if kind else ""))
