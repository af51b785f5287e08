"""The kernel: people, branches, approvals, outbox, files — and the composition root."""

from hub.celery import app as celery_app

__all__ = ["celery_app"]
