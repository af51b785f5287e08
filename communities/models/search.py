"""The vocabulary of the catalogue, for suggestions and for mending typos."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from communities.querysets import SearchWordQuerySet


class SearchWord(models.Model):
    """A word that occurs in the names, short texts and keywords of listed communities of a branch."""

    branch = models.ForeignKey("hub.Branch", models.CASCADE, related_name="+")
    # Compared byte by byte: beginnings are then found through the plain index of the constraint.
    word = models.CharField(max_length=60, db_collation="C")
    communities = models.PositiveIntegerField(default=1)

    objects = SearchWordQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["branch", "word"], name="search_word_once")]
        indexes = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="search_word_typos")]

    def __str__(self) -> str:
        return self.word
