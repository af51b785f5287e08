"""The coordinator's view of what goes out: what is queued, sent, given up and why."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hub.actions import resend
from hub.approvals import Refused
from hub.filters import DeliveryFilterSet
from hub.models import Delivery
from hub.outbox.kinds import kind_of
from hub.permissions import staff_page

PAGE = 50


@require_GET
@staff_page("hub.view_outbox")
def outbox(request: HttpRequest) -> HttpResponse:
    """Deliveries of the branch, the newest first; letters of sign-in show neither words nor subject."""
    branch = request.branch  # type: ignore[attr-defined]
    rows = Delivery.objects.in_branch(branch).select_related("notification__user").order_by("-pk")
    asked = DeliveryFilterSet(request.GET, queryset=rows)
    page = Paginator(asked.qs, PAGE).get_page(request.GET.get("page"))
    lines = [{"row": row, "kind": kind_of(row.notification.kind)} for row in page]
    context = {"filter": asked, "page": page, "lines": lines, "counts": Delivery.objects.counted(branch)}
    return render(request, "hub/outbox.html", context)


@require_POST
@staff_page("hub.view_outbox")
def outbox_resend(request: HttpRequest, pk: int) -> HttpResponse:
    delivery = get_object_or_404(Delivery.objects.in_branch(request.branch), pk=pk)  # type: ignore[attr-defined]
    try:
        resend(delivery, by=request.user)  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Поставили в очередь: письмо уйдёт в ближайшую минуту."))
    return redirect("outbox")
