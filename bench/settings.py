"""Settings of production, with the floors beside the portal's own addresses. Never deployed."""

from hub.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
