"""Is it alive; is it ready. For probes: plain HTTP, no session, no personal data."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from redis import Redis
from redis.exceptions import RedisError

from hub.outbox.health import measured


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """The stores answer. Without Redis the portal works (slower), without Postgres it does not."""
    state: dict[str, Any] = {"database": _database(), "redis": _redis()}
    if state["database"] == "ok":
        state["outbox"] = measured()
    return JsonResponse(state, status=200 if state["database"] == "ok" else 503)


_HELP = {
    "queued": ("gauge", "Messages that are ripe and not out yet"),
    "lag_seconds": ("gauge", "How long the oldest of them has been waiting"),
    "sending": ("gauge", "Messages that a worker holds at this moment"),
    "failed_day": ("gauge", "Messages given up within a day"),
}


def metrics(request: HttpRequest) -> HttpResponse:
    """The state of the outbox for Prometheus; only for who knows METRICS_TOKEN."""
    asked = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not constant_time_compare(asked, settings.METRICS_TOKEN):
        raise Http404
    lines = []
    for name, value in measured().items():
        kind, text = _HELP[name]
        lines += [f"# HELP hub_outbox_{name} {text}", f"# TYPE hub_outbox_{name} {kind}"]
        lines.append(f"hub_outbox_{name} {value}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "away"
    return "ok"


def _redis() -> str:
    client = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5)
    try:
        client.ping()
    except RedisError:
        return "away"
    finally:
        client.close()
    return "ok"
