"""The first page of a branch."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from communities.models import Community
from communities.views.cards import cards
from communities.views.catalogue import heat
from hub.public import public_page

NEWEST = 3


@public_page
def home(request: HttpRequest) -> HttpResponse:
    branch = request.branch  # type: ignore[attr-defined]
    listed = Community.objects.in_branch(branch).listed()
    context = heat(branch) | {
        "newest": cards(listed.newest_first().cards()[:NEWEST]),
        "total": listed.count(),
        "where": branch.name_in.replace(" ", "\u00a0"),  # a preposition stays with its city
    }
    return render(request, "communities/home.html", context)
