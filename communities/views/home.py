"""The first page of a branch."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from communities.models import Community
from communities.views.cards import cards
from communities.views.counts import heat
from hub.prepared import Prepared
from hub.public import public_page

NEWEST = 3
_newest = Prepared(
    lambda branch: Community.objects.filter(branch_id=branch).listed().newest_first().cards()[:NEWEST], int
)


@public_page
def home(request: HttpRequest) -> HttpResponse:
    branch = request.branch  # type: ignore[attr-defined]
    context = heat(branch) | {
        "newest": cards(_newest(branch.pk)),
        "where": branch.name_in.replace(" ", "\u00a0"),  # a preposition stays with its city
    }
    return render(request, "communities/home.html", context)
