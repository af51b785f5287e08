"""The clock of events: every task may run twice at once and changes nothing by that."""

from events.actions import feeds, following, horizon, search
from hub.celery import app


@app.task
def roll_horizon() -> None:
    horizon.roll_horizon()
    feeds.forget_changes()


@app.task
def refresh_event_words() -> None:
    search.refresh_event_words()


@app.task
def load_calendars() -> None:
    following.load_waiting()


@app.task
def read_remote_calendars() -> None:
    following.read_due()
