"""Open data: events of the host's branch and the times when they happen."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ValidationError

from communities.api.communities import LARGEST_PAGE, MARK, PAGE, OpenView, cursor_of, faults, page_size
from communities.api.shapes import Fault
from events.api.shapes import TIMES, EventPage, EventShape, OccurrencePage, event, occurrence
from events.filters import OccurrenceFilterSet
from events.models import Event, Occurrence
from hub.models import Branch
from hub.prepared import Prepared

#: So many days may be asked for at once; unasked it is a month from today.
MOST_DAYS, USUAL_DAYS = 370, 31
_paging = [
    OpenApiParameter(
        "cursor",
        {"type": "string", "pattern": f"^({MARK.pattern})?$"},
        description=gettext_lazy("Откуда продолжать: из поля next"),
    ),
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE},
        description=gettext_lazy("Сколько строк в ответе"),
    ),
]
_wrong = OpenApiResponse(
    OpenApiTypes.OBJECT, gettext_lazy("Значение фильтра не подходит: имя поля и что с ним не так")
)

#: What is asked for most: everything, from the beginning.
_newest = Prepared(
    lambda branch: Event.objects.filter(branch_id=branch).published().newest_first().whole()[: PAGE + 1], int
)
_in_time = Prepared(
    lambda branch, since, until: (
        Occurrence.objects.filter(branch_id=branch)
        .listed()
        .starting(since, until)
        .order_by("starts_at", "pk")
        .values(*TIMES)[: PAGE + 1]
    ),
    int,
    datetime,
    datetime,
)


class EventListView(OpenView, ListAPIView):
    """`/api/v1/events/`: newest first, page by page along a cursor."""

    filterset_class = OccurrenceFilterSet
    pagination_class = None
    queryset = Occurrence.objects.none()

    @extend_schema(
        operation_id="events_list",
        summary=gettext_lazy("События города"),
        description=gettext_lazy(
            "Недавно объявленные первыми; отменённые остаются с пометкой. Фильтры те же, что в календаре."
        ),
        parameters=_paging,
        responses={200: EventPage, 400: _wrong, 429: faults[429]},
    )
    def get(self, request: Request) -> Response:
        size, mark = page_size(request), cursor_of(request)
        branch: Branch = request.branch  # type: ignore[attr-defined]
        if not request.query_params:
            return _answer(request, _newest(branch.pk), size, event, "decided_at")
        fitting = self.filter_queryset(Occurrence.objects.in_branch(branch).listed())
        found = Event.objects.in_branch(branch).published().after(mark).newest_first()
        if OccurrenceFilterSet.base_filters.keys() & request.query_params.keys():
            found = found.filter(pk__in=fitting.order_by().values("event"))
        rows = list(found.whole()[: size + 1])
        return _answer(request, rows, size, event, "decided_at")


class EventDetailView(OpenView):
    """`/api/v1/events/<slug>/`."""

    @extend_schema(
        operation_id="events_detail",
        summary=gettext_lazy("Одно событие"),
        description=gettext_lazy("Когда оно проходит по датам, скажет /api/v1/occurrences/."),
        parameters=[
            OpenApiParameter(
                "slug",
                {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"},
                OpenApiParameter.PATH,
                description=gettext_lazy("Адрес события"),
            )
        ],
        responses={
            200: EventShape,
            404: OpenApiResponse(Fault, gettext_lazy("Такого события нет")),
            429: faults[429],
        },
    )
    def get(self, request: Request, slug: str) -> Response:
        branch: Branch = request.branch  # type: ignore[attr-defined]
        rows = list(Event.objects.in_branch(branch).published().filter(slug=slug).whole())
        if not rows:
            raise Http404
        return Response(event(rows[0], _site(request)))


class OccurrenceListView(OpenView, ListAPIView):
    """`/api/v1/occurrences/?from=&to=`: what begins in these days, in the order of time."""

    filterset_class = OccurrenceFilterSet
    pagination_class = None
    queryset = Occurrence.objects.none()

    @extend_schema(
        operation_id="occurrences_list",
        summary=gettext_lazy("Когда что проходит"),
        description=gettext_lazy(
            "Каждый раз каждого события, что начинается в эти дни, по порядку. Без дат — месяц от сегодня."
        ),
        parameters=[
            OpenApiParameter("from", OpenApiTypes.DATE, description=gettext_lazy("Первый день")),
            OpenApiParameter("to", OpenApiTypes.DATE, description=gettext_lazy("Последний день")),
            *_paging,
        ],
        responses={200: OccurrencePage, 400: _wrong, 429: faults[429]},
    )
    def get(self, request: Request) -> Response:
        size, mark = page_size(request), cursor_of(request)
        branch: Branch = request.branch  # type: ignore[attr-defined]
        since, until = _days(request, branch)
        midnight = [datetime.combine(day, time.min, branch.tz) for day in (since, until + timedelta(days=1))]
        if request.query_params.keys() <= {"from", "to"}:
            return _answer(request, _in_time(branch.pk, *midnight), size, occurrence, "starts_at")
        found = Occurrence.objects.in_branch(branch).listed().starting(*midnight)
        found = self.filter_queryset(found).after(mark).order_by("starts_at", "pk")
        return _answer(request, list(found.values(*TIMES)[: size + 1]), size, occurrence, "starts_at")


def _answer(request: Request, rows: list[dict[str, Any]], size: int, made: Any, order: str) -> Response:
    following = None
    if len(rows) > size:
        rows = rows[:size]
        query = request.query_params.copy()
        query["cursor"] = _mark(rows[-1][order], rows[-1]["pk"])
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    site = _site(request)
    return Response({"next": following, "results": [made(row, site) for row in rows]})


def _site(request: Request) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _mark(moment: datetime, key: int) -> str:
    """Where a page ended: the moment in microseconds and the key."""
    since = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return f"{since.days * 86_400_000_000 + since.seconds * 1_000_000 + since.microseconds}-{key}"


def _days(request: Request, branch: Branch) -> tuple[date, date]:
    """The days that are asked for. Raises ValidationError."""
    today = timezone.now().astimezone(branch.tz).date()
    since = _day(request, "from") or today
    until = _day(request, "to") or since + timedelta(days=USUAL_DAYS)
    if not since <= until <= since + timedelta(days=MOST_DAYS):
        raise ValidationError(
            {"to": [_("Не раньше первого дня и не дальше %(days)s дней от него.") % {"days": MOST_DAYS}]}
        )
    return since, until


def _day(request: Request, name: str) -> date | None:
    text = request.query_params.get(name, "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if len(text) == 10 else date.min
    except ValueError:
        day = date.min
    if not 1970 <= day.year <= 2200:
        raise ValidationError({name: [_("Дата вида 2027-01-16.")]})
    return day
