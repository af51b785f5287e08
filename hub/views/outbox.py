"""The coordinator's view of what goes out: what is queued, sent, given up and why."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from hub.actions import resend, resend_many
from hub.approvals import Refused
from hub.choices import DeliveryState
from hub.filters import DeliveryFilterSet
from hub.models import Delivery
from hub.numbers import number_of
from hub.outbox.kinds import Kind, kind_of
from hub.outbox.reasons import Reason, reason_of
from hub.permissions import staff_page

PAGE = 50
#: Nobody turns more pages than that; what is older than so many is not searched either.
MOST = 10_000

_NARROWING = ("q", "kind", "channel")
#: Tone and icon of a state.
LOOKS = {
    DeliveryState.QUEUED: ("info", "clock"),
    DeliveryState.SENDING: ("info", "send"),
    DeliveryState.SENT: ("ok", "check"),
    DeliveryState.FAILED: ("bad", "alert-circle"),
    DeliveryState.SKIPPED: ("", "ban"),
    DeliveryState.HELD: ("wait", "hourglass"),
    DeliveryState.DIGESTED: ("ok", "mail"),
}
#: States that have a tab, in the order of what needs a look; the others are found by the filter «Все».
TABS = (
    DeliveryState.FAILED,
    DeliveryState.QUEUED,
    DeliveryState.HELD,
    DeliveryState.SENT,
    DeliveryState.SKIPPED,
)


class Line(NamedTuple):
    row: Delivery
    kind: Kind
    tone: str
    icon: str
    reason: Reason | None
    again: bool
    now: bool


class Pages(Paginator):
    """Pages of the newest; counts no further than MOST."""

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by().values("pk")[:MOST].count()


def _line(row: Delivery, now: Any) -> Line:
    kind = kind_of(row.notification.kind)
    tone, icon = LOOKS[DeliveryState(row.state)]
    late = row.notification.too_late_at is not None and row.notification.too_late_at <= now
    again = row.state == DeliveryState.FAILED and not kind.personal and not late
    ripe = row.state == DeliveryState.QUEUED and row.next_try_at <= now
    return Line(row, kind, tone, icon, reason_of(row), again, ripe)


def _tabs(query: QueryDict, counts: dict[str, int]) -> list[dict[str, Any]]:
    """All and one a state, each keeping what else was asked."""
    chosen = query.get("state", "")

    def tab(state: str, label: Any) -> dict[str, Any]:
        asked = query.copy()
        asked.pop("page", None)
        asked.pop("state", None)
        if state:
            asked["state"] = state
        return {
            "href": f"?{asked.urlencode()}",
            "label": label,
            "here": chosen == state,
            "count": counts.get(state),
        }

    return [tab("", _("Все")), *(tab(state.value, state.label) for state in TABS)]


@require_GET
@staff_page("hub.view_outbox")
def outbox(request: HttpRequest) -> HttpResponse:
    """Deliveries of the branch, the newest first; letters of sign-in show neither words nor subject."""
    branch = request.branch  # type: ignore[attr-defined]
    rows, chosen = Delivery.objects.in_branch(branch), sum(bool(request.GET.get(name)) for name in _NARROWING)
    if request.GET.get("state") in DeliveryState.values:
        rows = rows.filter(state=request.GET["state"])
    if chosen:
        rows = rows.newest(MOST)
    rows = rows.select_related("notification__user").order_by("-pk")
    asked = DeliveryFilterSet(request.GET, queryset=rows)
    page = Pages(asked.qs, PAGE).get_page(request.GET.get("page"))
    counts, now = Delivery.objects.counted(branch), timezone.now()
    lines = [_line(row, now) for row in page]
    context = {
        "filter": asked,
        "chosen": chosen,
        "most": MOST,
        "page": page,
        "lines": lines,
        "tabs": _tabs(request.GET, counts),
        "again": sum(line.again for line in lines),
        "passing": any(line.again and line.reason and line.reason.passing for line in lines),
    }
    with timezone.override(branch.tz):
        return render(request, "hub/outbox.html", context)


def _back(request: HttpRequest) -> HttpResponse:
    """To the list as it was asked for."""
    query = QueryDict(request.POST.get("query", "")).urlencode()
    return redirect(reverse("outbox") + (f"?{query}" if query else ""))


@require_POST
@staff_page("hub.view_outbox")
def outbox_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """One more try for one."""
    delivery = get_object_or_404(Delivery.objects.in_branch(request.branch), pk=pk)  # type: ignore[attr-defined]
    try:
        resend(delivery, by=request.user)  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("Поставили в очередь: уйдёт в ближайшую минуту или сразу после тихих часов.")
        )
    return _back(request)


@require_POST
@staff_page("hub.view_outbox")
def outbox_resend_many(request: HttpRequest) -> HttpResponse:
    """One more try for each that is ticked."""
    said = request.POST.getlist("pk")[:PAGE]
    keys = [pk for pk in map(number_of, said) if pk]
    ticked = Delivery.objects.in_branch(request.branch).filter(pk__in=keys).order_by("pk")  # type: ignore[attr-defined]
    if not keys:
        messages.error(request, _("Отметьте хотя бы одну отправку."))
    elif done := resend_many(ticked, by=request.user):  # type: ignore[arg-type]
        text = ngettext("Поставили в очередь %(n)s отправку.", "Поставили в очередь %(n)s отправок.", done)
        messages.success(request, text % {"n": done})
    else:
        messages.error(request, _("Повторить здесь уже нечего: обновите страницу."))
    return _back(request)
