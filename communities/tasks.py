"""The clock of the registry: every task may run twice at once and changes nothing by that."""

from communities.actions import search
from hub.celery import app


@app.task
def refresh_search_words() -> None:
    search.refresh_search_words()
