"""Figures of a branch's catalogue, counted at each question; and what there is to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from communities.choices import Direction
from communities.marks import Tally
from communities.models import Community
from communities.querysets.search import branch_word, may_go_on, words_query
from hub.choices import State
from hub.models import Branch, District
from hub.prepared import Prepared
from hub.public import kept

#: The marks of everybody, in one query written once.
_everybody = Prepared(
    lambda branch: Community.objects.filter(branch_id=branch).listed().told_by_index(branch).marked(), int
)


@cache
def _having(words: int) -> Prepared:
    """The same of those that have so many words."""
    return Prepared(
        lambda branch, word, *asked: (
            Community.objects.filter(branch_id=branch).listed().found_by(words_query(asked, word)).marked()
        ),
        *(int, str, *[str] * words),
    )


def districts(branch: Branch) -> list[District]:
    return kept(
        ("districts", branch.pk),
        lambda: list(District.objects.filter(city__branch=branch).select_related("city")),
    )


def tally(branch: Branch, known: list[District], words: Sequence[str] = ()) -> Tally:
    """The listed communities of `branch` (those that have the words), to be counted; `known` are its districts."""
    if not words:
        rows = _everybody(branch.pk)
    elif may_go_on(words):
        rows = _having(len(words))(branch.pk, branch_word(branch), *words)
    else:
        listed = Community.objects.in_branch(branch).listed()
        rows = list(listed.found_by(words_query(words, branch)).marked())
    counted = (
        (row["current__district"], row["current__state"] == State.APPROVED, bytes(row["marks"]))
        for row in rows
    )
    return Tally(counted, {district.pk: district.slug for district in known})


def heat(branch: Branch) -> dict[str, Any]:
    """Rows and columns of components/heat.html, numbers per direction, the number of all."""
    known = districts(branch)
    counted = tally(branch, known)
    cells, per_direction = counted.by_direction_and_district(), counted.by_direction()
    catalogue = reverse("community-list")
    rows = []
    for direction in Direction:
        row = []
        for district in known:
            n = cells.get((direction.value, district.pk), 0)
            words_of = {"direction": direction.label, "district": district.name, "n": n}
            row.append(
                {
                    "value": n,
                    "href": f"{catalogue}?direction={direction.value}&district={district.slug}"
                    if n
                    else reverse("census-start"),
                    "title": (
                        _("%(direction)s, %(district)s: %(n)s")
                        if n
                        else _("%(direction)s, %(district)s: пока никого, начать сообщество")
                    )
                    % words_of,
                }
            )
        rows.append(
            {"label": direction.label, "code": direction.value, "cells": row, "n": per_direction[direction]}
        )
    empty = [
        (direction, district)
        for direction in Direction
        for district in known
        if not cells.get((direction.value, district.pk))
    ]
    return {
        "total": len(counted),
        "columns": [district.name for district in known],
        "rows": rows,
        "most": max(cells.values(), default=0),
        "empty": [{"direction": direction, "district": district} for direction, district in empty],
        "directions": [
            {"code": code, "label": Direction(code).label, "n": n, "href": f"{catalogue}?direction={code}"}
            for code, n in per_direction.items()
        ],
    }
