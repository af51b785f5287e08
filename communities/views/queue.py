"""The coordinator's queue: everything that waits for a decision, oldest first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from communities.querysets.queue import Waiting, waiting
from communities.views.queue_list import LOOKS, Look, by_sender, frame, kind_of, show
from communities.views.review import record_page
from communities.views.review_claims import claim_page
from hub.permissions import staff_page


def _record_what(line: Waiting) -> str:
    return by_sender(_("Правка записи") if line.is_edit else _("Новая анкета"))(line)


def _import_what(line: Waiting) -> str:
    return ngettext("Импорт · %(n)s строка", "Импорт · %(n)s строк", line.rows) % {"n": line.rows}


show(
    "record",
    Look(
        "review-record",
        (("new", gettext_lazy("Анкеты")), ("edit", gettext_lazy("Правки"))),
        _record_what,
        record_page,
    ),
)
show(
    "claim",
    Look(
        "review-claim",
        (("claim", gettext_lazy("Заявления")),),
        by_sender(gettext_lazy("Право на запись")),
        claim_page,
    ),
)
show("import", Look("import-detail", (("import", gettext_lazy("Импорт")),), _import_what))


@require_GET
@staff_page("communities.view_queue")
def queue(request: HttpRequest) -> HttpResponse:
    """The list; on a wide screen with its first line open beside it."""
    lines, more = waiting(request.branch, kind_of(request), request.GET.get("after", ""))  # type: ignore[attr-defined]
    first = lines[0] if lines else None
    if first and (page := LOOKS[first.source].page):
        around = frame(request, lines, more, (first.source, first.pk))
        return page(request, first.pk, around | {"listed": True})
    return render(request, "communities/queue_list.html", frame(request, lines, more, ("", 0)))
