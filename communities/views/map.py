"""The map of the catalogue: points while there are few of them, else how many stand in each part of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, JsonResponse

from communities.querysets.search import Box, Cell
from communities.views.cards import address
from communities.views.catalogue import Asked, asked
from hub.public import public_page

#: So many points are sent one by one; of more, neighbours are put together.
SEPARATE = 200
#: A cell of the grid on the screen, in pixels: not smaller than the sign that stands for it.
CELL = 64
#: Cells on one answer, the fullest of them, when an asker invents a map of his own size.
MOST_CELLS = 600
#: From this zoom on neighbours are houses: everybody is shown, at most MOST_CELLS.
CLOSEST = 17
_NUMBER = r"(-?[0-9]{1,3}(?:\.[0-9]{1,9})?)"
_BOX = re.compile(",".join([_NUMBER] * 4))


@public_page
def community_map(request: HttpRequest) -> JsonResponse:
    """The same question as GeoJSON. `bbox` (west,south,east,north) and `zoom` ask for a part of the map.

    A feature with `n` stands for so many communities; `whole` says that each has a feature of its own.
    """
    question = asked(request)
    box, zoom = _box(request.GET.get("bbox", "")), _zoom(request, question)
    features, whole = _features(question, box, zoom)
    return JsonResponse(
        {"type": "FeatureCollection", "features": features, "whole": whole},
        content_type="application/geo+json",
    )


def _features(question: Asked, box: Box | None, zoom: int) -> tuple[list[dict[str, Any]], bool]:
    standing = question.fitting().on_map(box)
    width = 360 / 2**zoom / 256 * CELL
    # Degrees of latitude are longer on the screen, the more so the farther north.
    cells = standing.cells(width * math.cos(math.radians(question.branch.lat)), width)
    standing_there = sum(cell.n for cell in cells)
    if standing_there <= SEPARATE or zoom >= CLOSEST:
        alone, together = cells, []
    else:
        alone = [cell for cell in cells if cell.n == 1]
        together = [cell for cell in cells if cell.n > 1]
    together = sorted(together, key=lambda cell: -cell.n)[:MOST_CELLS]
    members = [member for cell in alone for member in cell.members][: MOST_CELLS - len(together)]
    features = [*map(_together, together), *_alone(question, members)]
    return features, box is None and len(members) == standing_there


def _together(cell: Cell) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(cell.lng, 6), round(cell.lat, 6)]},
        "properties": {"n": cell.n},
    }


def _alone(question: Asked, members: list[int]) -> Iterable[dict[str, Any]]:
    points = question.everybody().filter(pk__in=members).points() if members else ()
    for slug, name, lat, lng, directions, schedule, place in points:
        yield {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [lng, lat]},
            "properties": {
                "name": name,
                "url": address(slug),
                "direction": directions[0] if directions else "",
                "note": schedule or place,
            },
        }


def _box(asked_for: str) -> Box | None:
    found = _BOX.fullmatch(asked_for)
    if not found:
        return None
    west, south, east, north = map(float, found.groups())
    return (west, south, east, north)


def _zoom(request: HttpRequest, question: Asked) -> int:
    asked_for = request.GET.get("zoom", "")
    if asked_for.isascii() and asked_for.isdecimal() and len(asked_for) < 3:
        return min(int(asked_for), 19)
    return question.branch.zoom
