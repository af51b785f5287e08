"""The clock of the registry: every task may run twice at once and changes nothing by that."""

from communities.actions import imports, search
from communities.models import ImportBatch
from hub.celery import app


@app.task
def refresh_search_words() -> None:
    search.refresh_search_words()


@app.task
def run_import(batch: int) -> None:
    imports.run_import(ImportBatch.objects.without_table().get(pk=batch))


@app.task
def resume_imports() -> None:
    """Imports whose bell was lost or whose worker died; one at work now holds its lock and is passed by."""
    for batch in ImportBatch.objects.running().without_table():
        imports.run_import(batch)
