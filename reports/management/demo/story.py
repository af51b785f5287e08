"""What is told of one community of the demo city, and what its questionnaires went through."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Story:
    """Answers of a community; codes are those of communities/choices.py.

    `approved` lists the rounds in which it was approved, as years before the current one: (2, 1, 0).
    `now` is the record in work beside that: "", "draft", "submitted" or "returned", `days` its age;
    `edit` holds the answers that this record changes. `imported` rows were taken from a table.
    """

    name: str
    directions: tuple[str, ...]
    topics: tuple[str, ...]
    district: str
    place: str
    at: tuple[float, float]
    short: str
    about: str
    leader: str
    people: int
    core: int
    founded: int
    schedule: str
    rhythm: str = "weekly"
    days: tuple[str, ...] = ("weekends",)
    format: str = "live"
    ages: tuple[str, ...] = ("youth", "adults")
    languages: tuple[str, ...] = ("ru",)
    joining: str = "open"
    looking: bool = False
    premises: str = "none"
    host: str = ""
    accessible: bool = False
    first: str = ""
    offers: tuple[tuple[str, str], ...] = ()
    needs: tuple[tuple[str, str], ...] = ()
    money: tuple[str, ...] = ("own",)
    legal: str = "none"
    legal_name: str = ""
    scenario: str = ""
    goals: str = ""
    dream: str = ""
    approved: tuple[int, ...] = (0,)
    unchanged: bool = False
    now: str = ""
    days_ago: int = 0
    edit: dict[str, Any] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    imported: bool = False
    same_phone_as: str = ""
    merged_into: str = ""
