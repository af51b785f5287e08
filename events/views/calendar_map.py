"""The map of the calendar: the places of some days; while there are few of them each says what is on there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from communities.views.map import (
    CLOSEST,
    MOST_CELLS,
    SEPARATE,
    box_of,
    cell_size,
    feature,
    together_at,
    zoom_of,
)
from events.models import Occurrence
from events.querysets.occurrence import SHOWN
from events.templatetags.events import address, clock, day_words
from events.views.asked import Asked, asked
from hub.public import public_page

#: So many events are named at a place; the rest is a number.
NAMED = 3
#: So many that stand nowhere are listed beside the map.
APART = 20

Place = dict[str, Any]


@public_page
def calendar_map(request: HttpRequest) -> JsonResponse:
    """The page's question as GeoJSON; `bbox` and `zoom` as on the map of communities."""
    question = asked(request)
    box, zoom = box_of(request.GET), zoom_of(request.GET, question.branch.zoom)
    places = list(question.fitting.on_map(box).on_days(*question.days).places())
    together, alone = _parted(places, zoom, question.branch.lat)
    features = [*(together_at(len(group), *_middle(group)) for group in together), *_named(question, alone)]
    return JsonResponse(
        {"type": "FeatureCollection", "features": features, "whole": box is None and not together},
        content_type="application/geo+json",
    )


def off_map(question: Asked) -> list[dict[str, Any]]:
    """What is on in the days that are asked for and has no place on the map."""
    # In the order of days, so that it is read along one index: from the earliest that may last until then.
    return list(question.fitting.between(*question.days).off_map().values(*SHOWN)[:APART])


def _parted(places: list[Place], zoom: int, lat: float) -> tuple[list[list[Place]], list[Place]]:
    """Groups of neighbours, and those that stand alone; few places are all let alone."""
    if len(places) <= SEPARATE or zoom >= CLOSEST:
        return [], places[:MOST_CELLS]
    height, width = cell_size(zoom, lat)
    cells: dict[tuple[int, int], list[Place]] = {}
    for place in places:
        cells.setdefault((int(place["lat"] // height), int(place["lng"] // width)), []).append(place)
    groups = sorted((cell for cell in cells.values() if len(cell) > 1), key=len, reverse=True)[:MOST_CELLS]
    alone = [cell[0] for cell in cells.values() if len(cell) == 1]
    return groups, alone[: MOST_CELLS - len(groups)]


def _middle(group: list[Place]) -> tuple[float, float]:
    return sum(one["lat"] for one in group) / len(group), sum(one["lng"] for one in group) / len(group)


def _named(question: Asked, places: list[Place]) -> Iterable[dict[str, Any]]:
    keys = [key for place in places for key in place["keys"][:NAMED]]
    rows = {row["id"]: row for row in Occurrence.objects.filter(pk__in=keys).values(*SHOWN)} if keys else {}
    for place in places:
        found = [rows[key] for key in place["keys"][:NAMED] if key in rows]
        if found:
            yield feature(place["lat"], place["lng"], _said(found, place["n"], question.branch.timezone))


def _said(rows: list[dict[str, Any]], total: int, home: str) -> dict[str, Any]:
    """What a point says when it is asked: its event, or the first ones of its place."""
    items = [
        {
            "name": _title(row),
            "url": address(row["slug"]),
            "note": f"{day_words(row['day'])}, {clock(row, home)[0]}",
        }
        for row in rows
    ]
    where = rows[0]["place"]
    if total == 1:
        return items[0] | {"note": ". ".join(filter(None, (items[0]["note"], where)))}
    more = _("и ещё %(n)s") % {"n": total - len(items)} if total > len(items) else ""
    return {"name": where or items[0]["name"], "items": items, "more": more}


def _title(row: dict[str, Any]) -> str:
    return f"{_('Отменено:')} {row['title']}" if row["cancelled_at"] else str(row["title"])
