"""Letters to people who are linked."""

from tests.hub.outbox.conftest import greet, letters

__all__ = ["greet", "letters"]
