"""A story as answers of the questionnaire: today's, those of earlier years, and what a table knew."""

from __future__ import annotations

from typing import Any

from communities.choices import Barrier, Criterion, Factor, Scenario
from communities.keys import address
from hub.models import District
from reports.management.demo.calendar import chance
from reports.management.demo.story import Story


def _some(codes: list[str], count: int, *words: object) -> list[str]:
    """`count` of `codes` that belong to `words`, in the order of the questionnaire."""
    chosen = sorted(codes, key=lambda code: chance(code, *words))[:count]
    return [code for code in codes if code in chosen]


def _scenario(story: Story) -> str:
    if story.scenario:
        return story.scenario
    return Scenario.INTEGRATION if chance("scenario", story.name) < 0.5 else Scenario.NEUTRALITY


def answers_of(story: Story, districts: dict[str, District]) -> dict[str, Any]:
    """What the community answers in the current round."""
    district = districts[story.district]
    handle = address(story.name).replace("-", "_")[:24].strip("_")
    known = {
        "name": story.name,
        "short": story.short,
        "description": story.about,
        "directions": list(story.directions),
        "topics": list(story.topics),
        "founded": story.founded,
        "core_members": story.core,
        "participants": story.people,
        "city": district.city,
        "district": district,
        "place": story.place,
        "lat": story.at[0],
        "lng": story.at[1],
        "vk": f"https://vk.com/{handle}_demo",
    }
    if story.imported:
        return known
    return known | {
        "languages": list(story.languages),
        "ages": list(story.ages),
        "joining": story.joining,
        "looking_for_people": story.looking,
        "format": story.format,
        "rhythm": story.rhythm,
        "days": list(story.days),
        "schedule": story.schedule,
        "premises": story.premises,
        "premises_host": story.host,
        "accessible": story.accessible,
        "first_visit": story.first,
        "offers": [{"kind": kind, "text": text} for kind, text in story.offers],
        "needs": [{"kind": kind, "text": text} for kind, text in story.needs],
        "money": list(story.money),
        "legal_form": story.legal,
        "legal_name": story.legal_name,
        "criteria": {code: 2 + int(4 * chance(code, story.name)) for code in Criterion.values},
        "scenario": _scenario(story),
        "factors": _some(Factor.values, 2, "factor", story.name),
        "barriers": _some(Barrier.values, 2, "barrier", story.name),
        "goals": story.goals,
        "dream": story.dream,
        "telegram": f"https://t.me/{handle}_demo" if chance("telegram", story.name) < 0.6 else "",
    }


def answers_before(answers: dict[str, Any], years: int) -> dict[str, Any]:
    """What the same community answered `years` earlier: it was smaller and knew itself less."""
    earlier = dict(answers)
    for field, part in (("participants", 0.22), ("core_members", 0.15)):
        earlier[field] = max(3, round(answers[field] * (1 - part * years)))
    earlier["criteria"] = {code: max(1, value - years) for code, value in answers["criteria"].items()}
    earlier["needs"] = answers["needs"][:1]
    earlier["looking_for_people"] = True
    if years > 1:
        earlier["offers"] = answers["offers"][:1]
        earlier["first_visit"] = ""
    return earlier
