"""Open data: the communities of the host's branch."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import Throttled
from rest_framework.generics import ListAPIView
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ValidationError
from rest_framework.views import APIView

from communities.api.shapes import CommunityPage, CommunityWhole, Fault, in_list, whole
from communities.choices import Listing
from communities.filters import CommunityFilterSet
from communities.models import Community
from communities.views.community import find
from hub.prepared import Prepared

PAGE, LARGEST_PAGE = 20, 100
#: A cursor: moment in microseconds and key.
MARK = re.compile(r"([0-9]{1,16})-([0-9]{1,16})")
#: An open answer may be kept so long by whoever asks.
FRESH = 30

faults = {
    404: OpenApiResponse(Fault, gettext_lazy("Такого сообщества нет или оно больше не показывается")),
    429: OpenApiResponse(
        Fault, gettext_lazy("Слишком часто: заголовок Retry-After скажет, сколько секунд подождать")
    ),
}


#: What is asked for most: the first page of everything.
_newest = Prepared(
    lambda branch: Community.objects.filter(branch_id=branch).listed().newest_first().open_rows()[: PAGE + 1],
    int,
)


class JsonAlways(BaseContentNegotiation):
    """There is one form of answer; what the asker would rather have is no reason to refuse."""

    def select_parser(self, request: Request, parsers: list[Any]) -> Any:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: list[Any], format_suffix: str | None = None
    ) -> Any:
        return renderers[0], renderers[0].media_type


class TooOften(Throttled):
    default_detail = gettext_lazy("Слишком часто.")
    extra_detail_singular = extra_detail_plural = gettext_lazy("Можно снова через {wait} с.")


class OpenView(APIView):
    """Read by everybody, throttled, of the branch of the host."""

    permission_classes = [AllowAny]
    content_negotiation_class = JsonAlways

    def throttled(self, request: Request, wait: float | None) -> Any:
        raise TooOften(wait)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answered = super().finalize_response(request, response, *args, **kwargs)
        if answered.status_code == 200 and not request.user.is_authenticated:
            patch_cache_control(answered, public=True, max_age=FRESH)
        return answered


class CommunityListView(OpenView, ListAPIView):
    """`/api/v1/communities/`: newest first, page by page along a cursor."""

    filterset_class = CommunityFilterSet
    pagination_class = None
    queryset = Community.objects.none()

    @extend_schema(
        operation_id="communities_list",
        summary=gettext_lazy("Сообщества города"),
        description=gettext_lazy(
            "Новые первыми. Внутри одного фильтра значения складываются, между фильтрами — все сразу."
        ),
        parameters=[
            OpenApiParameter(
                "cursor",
                {"type": "string", "pattern": f"^({MARK.pattern})?$"},
                description=gettext_lazy("Откуда продолжать: из поля next"),
            ),
            OpenApiParameter(
                "page_size",
                {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE},
                description=gettext_lazy("Сколько сообществ в ответе"),
            ),
        ],
        responses={
            200: CommunityPage,
            400: OpenApiResponse(
                OpenApiTypes.OBJECT, gettext_lazy("Значение фильтра не подходит: имя поля и что с ним не так")
            ),
            429: faults[429],
        },
    )
    def get(self, request: Request) -> Response:
        size, after = page_size(request), cursor_of(request)
        branch = request.branch  # type: ignore[attr-defined]
        if not request.query_params:
            rows = _newest(branch.pk)
        else:
            found = self.filter_queryset(Community.objects.in_branch(branch).listed())
            rows = list(found.after(after).newest_first().open_rows()[: size + 1])
        following = None
        if len(rows) > size:
            rows = rows[:size]
            query = request.query_params.copy()
            query["cursor"] = _mark(rows[-1])
            following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        site = request.build_absolute_uri("/").rstrip("/")
        return Response({"next": following, "results": [in_list(row, site) for row in rows]})


class CommunityDetailView(OpenView):
    """`/api/v1/communities/<slug>/`."""

    @extend_schema(
        operation_id="communities_detail",
        summary=gettext_lazy("Одно сообщество целиком"),
        description=gettext_lazy(
            "По прежнему адресу отвечает переходом на нынешний. Личного здесь нет: ни имён, ни контактов."
        ),
        parameters=[
            OpenApiParameter(
                "slug",
                {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"},
                OpenApiParameter.PATH,
                description=gettext_lazy("Адрес сообщества"),
            )
        ],
        responses={
            200: CommunityWhole,
            301: OpenApiResponse(None, gettext_lazy("Адрес изменился")),
            **faults,
        },
    )
    def get(self, request: Request, slug: str) -> Any:
        community = find(request.branch, slug)  # type: ignore[attr-defined]
        if community.listing != Listing.LISTED:
            raise Http404
        if community.slug != slug:
            return redirect(reverse("api-community-detail", args=[community.slug]), permanent=True)
        return Response(whole(community, request.build_absolute_uri("/").rstrip("/")))


class NothingHere(OpenView):
    """Any other address below the API: the same JSON as every other fault."""

    schema = None

    def get(self, request: Request) -> Any:
        raise Http404


def page_size(request: Request) -> int:
    asked = request.query_params.get("page_size", str(PAGE))
    if not (asked.isascii() and asked.isdigit() and len(asked) < 5 and 1 <= int(asked) <= LARGEST_PAGE):
        raise ValidationError({"page_size": [_("Целое число от 1 до %(most)s.") % {"most": LARGEST_PAGE}]})
    return int(asked)


def _mark(row: dict[str, Any]) -> str:
    """Where a page ended: the moment in microseconds and the key."""
    moment = row["listed_at"].astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return f"{moment.days * 86_400_000_000 + moment.seconds * 1_000_000 + moment.microseconds}-{row['pk']}"


def cursor_of(request: Request) -> tuple[datetime, int] | None:
    asked = request.query_params.get("cursor", "")
    if not asked:
        return None
    if found := MARK.fullmatch(asked):
        seconds, rest = divmod(int(found[1]), 1_000_000)
        return datetime.fromtimestamp(seconds, tz=UTC).replace(microsecond=rest), int(found[2])
    raise ValidationError({"cursor": [_("Возьмите адрес следующей страницы из поля next.")]})
