"""The vocabulary of the catalogue: words of what the city sees."""

from __future__ import annotations

from communities.keys import fold
from communities.models import CensusRecord, SearchWord


def learn_words(record: CensusRecord) -> None:
    """Add the words of a record that became public; words already known stay as they are."""
    words = {word for word in fold(f"{record.name} {record.short} {record.keywords}").split() if 2 < len(word) <= 60}
    SearchWord.objects.bulk_create(
        [SearchWord(branch_id=record.branch_id, word=word) for word in sorted(words)], ignore_conflicts=True
    )
