"""The kernel's clock: every task scans what is due and may run twice at once."""

from hub import uploads
from hub.celery import app
from hub.outbox import delivery, health, reminders
from hub.telegram import updates


@app.task
def deliver() -> None:
    delivery.deliver()


@app.task
def remind() -> None:
    reminders.scan()


@app.task
def sweep_uploads() -> None:
    uploads.sweep()


@app.task
def make_small_pictures() -> None:
    uploads.make_small_sizes()


@app.task
def forget_old() -> None:
    health.forget_old()


@app.task
def telegram_updates() -> None:
    updates.poll()
