"""The map of the catalogue: points while there are few of them, else how many stand in each part of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, JsonResponse, QueryDict

from communities.querysets.search import Box
from communities.views.cards import address
from communities.views.catalogue import Asked, asked
from hub.numbers import number_of
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
    box, zoom = box_of(request.GET), zoom_of(request.GET, question.branch.zoom)
    features, whole = _features(question, box, zoom)
    return JsonResponse(
        {"type": "FeatureCollection", "features": features, "whole": whole},
        content_type="application/geo+json",
    )


def _features(question: Asked, box: Box | None, zoom: int) -> tuple[list[dict[str, Any]], bool]:
    standing = question.fitting().on_map(box)
    cells = standing.cells(*cell_size(zoom, question.branch.lat))
    standing_there = sum(cell.n for cell in cells)
    if standing_there <= SEPARATE or zoom >= CLOSEST:
        alone, together = cells, []
    else:
        alone = [cell for cell in cells if cell.n == 1]
        together = [cell for cell in cells if cell.n > 1]
    together = sorted(together, key=lambda cell: -cell.n)[:MOST_CELLS]
    members = [member for cell in alone for member in cell.members][: MOST_CELLS - len(together)]
    features = [*(together_at(cell.n, cell.lat, cell.lng) for cell in together), *_alone(question, members)]
    return features, box is None and len(members) == standing_there


def together_at(n: int, lat: float, lng: float) -> dict[str, Any]:
    """So many that stand near each other, as one feature."""
    return feature(lat, lng, {"n": n})


def feature(lat: float, lng: float, said: dict[str, Any]) -> dict[str, Any]:
    """A point of GeoJSON."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(lng, 6), round(lat, 6)]},
        "properties": said,
    }


def _alone(question: Asked, members: list[int]) -> Iterable[dict[str, Any]]:
    points = question.everybody().filter(pk__in=members).points() if members else ()
    for slug, name, lat, lng, directions, schedule, place in points:
        said = {
            "name": name,
            "url": address(slug),
            "direction": directions[0] if directions else "",
            "note": schedule or place,
        }
        yield feature(lat, lng, said)


def cell_size(zoom: int, lat: float) -> tuple[float, float]:
    """Height and width in degrees of a cell of the grid at this zoom, near this latitude."""
    width = 360 / 2**zoom / 256 * CELL
    # Degrees of latitude are longer on the screen, the more so the farther north.
    return width * math.cos(math.radians(lat)), width


def box_of(asked_for: QueryDict) -> Box | None:
    """The part of the map that is asked for; None: all of it."""
    found = _BOX.fullmatch(asked_for.get("bbox", ""))
    if not found:
        return None
    west, south, east, north = map(float, found.groups())
    return (west, south, east, north)


def zoom_of(asked_for: QueryDict, usual: int) -> int:
    """How near the asker is."""
    return min(number_of(asked_for.get("zoom"), usual), 19)
