"""Redis away: the cache misses, nobody sees an error."""

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
