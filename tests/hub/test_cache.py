"""Redis away: the cache misses, nobody sees an error."""

from socket import create_server
from time import monotonic

from django.conf import settings

from hub import cache as module
from hub.cache import ForgivingRedisCache


def test_every_operation_survives_a_dead_redis():
    cache = ForgivingRedisCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 0.2}})
    assert cache.get("key") is None
    assert cache.get("key", "default") == "default"
    assert cache.get("key", default="default") == "default"
    assert cache.get_many(["key"]) == {}
    assert cache.add("key", 1) is True
    assert cache.get_or_set("key", lambda: 5) == 5
    for write in (
        lambda: cache.set("key", 1),
        lambda: cache.touch("key"),
        lambda: cache.delete("key"),
        lambda: cache.set_many({"key": 1}),
        lambda: cache.delete_many(["key"]),
        lambda: cache.incr("key"),
        cache.clear,
    ):
        write()


def test_a_hanging_redis_is_waited_for_once():
    with create_server(("127.0.0.1", 0)) as silent:  # takes the connection, never answers
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        cache = ForgivingRedisCache(address, {"OPTIONS": {"socket_timeout": 0.5}})
        began = monotonic()
        for _ in range(20):
            assert cache.get("key", 7) == 7
        # Twenty waits would take ten seconds; the client may try again once or twice within the first.
        assert monotonic() - began < 5


def test_redis_is_asked_again_after_a_rest(monkeypatch):
    cache = ForgivingRedisCache(settings.REDIS_URL, {})
    cache.set("key", 1)
    monkeypatch.setitem(module._away_until, str(cache._servers), monotonic() + 60)
    assert cache.get("key") is None
    monkeypatch.setitem(module._away_until, str(cache._servers), monotonic() - 1)
    assert cache.get("key") == 1
