"""The kernel's clock: every task scans what is due and may run twice at once."""

from hub import outbox, uploads
from hub.celery import app


@app.task
def deliver() -> None:
    outbox.deliver()


@app.task
def sweep_uploads() -> None:
    uploads.sweep()
