"""Redis as a cache that may be away: a fault is a miss, never an error for the user."""

from functools import wraps
from time import monotonic
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

#: Seconds for which a process asks nothing of a Redis that has just failed: a hanging one would cost
#: every page its timeout many times over.
REST = 3.0
_away_until: dict[str, float] = {}


def _forgiving(name: str, answer: Any) -> Any:
    original = getattr(RedisCache, name)

    def missed(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if name == "get":  # get(key, default=None, version=None)
            return args[1] if len(args) > 1 else kwargs.get("default")
        return answer

    @wraps(original)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        server = str(self._servers)
        if _away_until.get(server, 0) > monotonic():
            return missed(args, kwargs)
        try:
            return original(self, *args, **kwargs)
        except RedisError as error:
            _away_until[server] = monotonic() + REST
            log.warning("cache_away", operation=name, error=type(error).__name__)
            return missed(args, kwargs)

    return method


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache whose every operation survives a dead Redis.

    What each answers then: `get` its default, `get_many` nothing, `add` True (so that a lock by
    `add` never shuts the only worker out), the rest False or None.
    """

    get = _forgiving("get", None)
    set = _forgiving("set", None)
    add = _forgiving("add", True)
    touch = _forgiving("touch", False)
    delete = _forgiving("delete", False)
    get_many = _forgiving("get_many", {})
    set_many = _forgiving("set_many", [])
    delete_many = _forgiving("delete_many", None)
    has_key = _forgiving("has_key", False)
    clear = _forgiving("clear", False)
    incr = _forgiving("incr", 0)
