"""A claim in the coordinator's hands: who says that a community is theirs, and how they prove it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from communities.actions.claims import approve_claim, return_claim
from communities.forms.review import ClaimReturnForm
from communities.models import Claim
from communities.querysets.queue import age
from communities.views.queue_list import beside, go_on, question
from hub.approvals import Refused
from hub.choices import State
from hub.permissions import check, staff_page


def _claims(request: HttpRequest) -> QuerySet[Claim]:
    return (
        Claim.objects.in_branch(request.branch)  # type: ignore[attr-defined]
        .exclude(state=State.DRAFT)
        .select_related(
            "community__current__district", "community__branch", "submitted_by", "decided_by", "proof"
        )
    )


@require_GET
@staff_page("communities.view_queue")
def review_claim(request: HttpRequest, pk: int) -> HttpResponse:
    return claim_page(request, pk, beside(request, "claim", pk))


def claim_page(
    request: HttpRequest,
    pk: int,
    frame: dict[str, Any],
    form: ClaimReturnForm | None = None,
    status: int = 200,
) -> HttpResponse:
    claim = get_object_or_404(_claims(request), pk=pk)
    community, waits = claim.community, claim.state == State.SUBMITTED
    context = frame | {
        "claim": claim,
        "community": community,
        "record": community.current,
        "waits": waits,
        "may_decide": waits and request.user.has_perm("communities.decide_claim", claim),
        "days": age(claim.submitted_at, request.branch) if claim.submitted_at else 0,  # type: ignore[attr-defined]
        "others": community.claims.waiting().exclude(pk=pk).select_related("submitted_by"),
        "form": form or ClaimReturnForm(),
    }
    return render(request, "communities/queue_claim.html", context, status=status)


@require_POST
@staff_page("communities.view_queue")
def review_claim_decide(request: HttpRequest, pk: int) -> HttpResponse:
    claim = get_object_or_404(_claims(request), pk=pk)
    check(request, "communities.decide_claim", claim)
    approving = request.POST.get("do") == "approve"
    form = ClaimReturnForm(request.POST)
    if not approving and not form.is_valid():
        return claim_page(request, pk, beside(request, "claim", pk), form, status=422)
    try:
        if approving:
            approve_claim(claim, by=request.user)  # type: ignore[arg-type]
            messages.success(
                request,
                _("%(who)s теперь лидер: «%(name)s».") % {"who": claim.submitted_by, "name": claim.community},
            )
        else:
            return_claim(claim, by=request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
            messages.success(request, _("Заявление вернули с причиной."))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(reverse("review-claim", args=[pk]) + question(request))
    return go_on(request, "claim", claim)
