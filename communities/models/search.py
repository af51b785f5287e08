"""The vocabulary of the catalogue, for suggestions and for mending typos."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from communities.querysets import SearchWordQuerySet
from communities.querysets.search import branch_cuts


class SearchWord(models.Model):
    """A word that occurs in the names, short texts and keywords of listed communities of a branch."""

    branch = models.ForeignKey("hub.Branch", models.CASCADE, related_name="+")
    # Compared byte by byte: beginnings are then found through the plain index of the constraint.
    word = models.CharField(max_length=60, db_collation="C")
    communities = models.PositiveIntegerField(default=1)
    # By these a word is found that was typed with one slip; the branch stands in each.
    cuts = ArrayField(models.CharField(max_length=80), default=list, db_default=[], editable=False)

    objects = SearchWordQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["branch", "word"], name="search_word_once")]
        indexes = [
            GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="search_word_typos"),
            GinIndex(fields=["cuts"], name="search_word_slips"),
        ]

    def __str__(self) -> str:
        return self.word

    @classmethod
    def of(cls, branch: int, word: str, **more: Any) -> "SearchWord":
        """A row of the vocabulary, ready to be found."""
        return cls(branch_id=branch, word=word, cuts=branch_cuts(branch, word), **more)
