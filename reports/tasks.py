"""The reports' clock."""

from hub.celery import app
from reports import actions


@app.task
def record_indicators() -> None:
    actions.record_indicators()
