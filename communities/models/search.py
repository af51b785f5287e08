"""Vocabularies of a branch, for suggestions and for mending typos; the catalogue has one."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from communities.querysets import WordQuerySet
from communities.querysets.vocabulary import branch_cuts


class Word(models.Model):
    """A word of a branch's vocabulary, and how many public texts have it."""

    branch = models.ForeignKey("hub.Branch", models.CASCADE, related_name="+")
    # Compared byte by byte: beginnings are then found through the plain index of the constraint.
    word = models.CharField(max_length=60, db_collation="C")
    texts = models.PositiveIntegerField(default=1)
    # By these a word is found that was typed with one slip; the branch stands in each.
    cuts = ArrayField(models.CharField(max_length=80), default=list, db_default=[], editable=False)

    objects = WordQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.word

    @classmethod
    def of(cls, branch: int, word: str, **more: Any) -> Self:
        """A row of the vocabulary, ready to be found."""
        return cls(branch_id=branch, word=word, cuts=branch_cuts(branch, word), **more)


def word_once(name: str) -> models.UniqueConstraint:
    """A branch has a word once; what the database calls that begins with `name`."""
    return models.UniqueConstraint(fields=["branch", "word"], name=f"{name}_once")


def word_indexes(name: str) -> list[models.Index]:
    """What typos and slips are mended through."""
    return [
        GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name=f"{name}_typos"),
        GinIndex(fields=["cuts"], name=f"{name}_slips"),
    ]


class SearchWord(Word):
    """A word that occurs in the names, short texts and keywords of listed communities."""

    # The column is called as it was when there was no other vocabulary.
    texts = models.PositiveIntegerField(default=1, db_column="communities")

    class Meta:
        constraints = [word_once("search_word")]
        indexes = word_indexes("search_word")
