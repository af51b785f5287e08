"""A city (S) or a country (L) of communities and events, the same each time, written straight into the database.

DATABASE_URL=… python -m bench.generate S
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import django

django.setup()

from allauth.mfa.models import Authenticator  # noqa: E402
from django.apps import apps  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from bench.census import city  # noqa: E402
from bench.events import write_events  # noqa: E402
from bench.words import COMMON, COMMON_SHARE, MIDDLE, MIDDLE_SHARE, Language  # noqa: E402
from communities.actions.search import refresh_search_words  # noqa: E402
from communities.models import CensusRecord, Community  # noqa: E402
from events.actions.search import refresh_event_words  # noqa: E402
from hub.models import District, User  # noqa: E402

#: Branches and communities.
SIZES = {"S": (1, 120), "L": (50, 100_000), "empty": (50, 0)}
DISTRICTS = ("Центральный", "Адлерский", "Хостинский", "Лазаревский")
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
DIRECTIONS = ("place", "culture", "group", "human", "plan", "bring")
TOPICS = (
    "ecology",
    "yards",
    "sport",
    "music",
    "children",
    "seniors",
    "learning",
    "trails",
    "charity",
    "books",
)
#: Three rounds; the share of communities with records of all of them, waiting in the queue, imported.
YEARS = (2024, 2025, 2026)
OLD, WAITING, IMPORTED = 0.1, 0.02, 0.25


@dataclass
class Table:
    """Rows of a model on their way into the database, by COPY."""

    model: Any
    rows: list[dict[str, Any]]

    def __init__(self, label: str) -> None:
        self.model, self.rows = apps.get_model(label), []

    def add(self, **values: Any) -> int:
        values.setdefault("id", len(self.rows) + 1)
        self.rows.append(values)
        return values["id"]

    def write(self) -> None:
        fields = [field for field in self.model._meta.concrete_fields if not field.generated]
        columns = ", ".join(f'"{field.column}"' for field in fields)
        table = self.model._meta.db_table

        def prepared(row: dict[str, Any]) -> Iterator[Any]:
            for field in fields:
                value = row[field.attname] if field.attname in row else field.get_default()
                if (value is None and getattr(field, "auto_now_add", False)) or getattr(
                    field, "auto_now", False
                ):
                    value = NOW
                if field.attname not in row and field.has_db_default():
                    value = NOW if field.get_internal_type() == "DateTimeField" else field.db_default
                yield field.get_db_prep_save(value, connection)

        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in self.rows:
                copy.write_row(list(prepared(row)))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {len(self.rows) + 1})")
        self.rows = []


class Country:
    """Everything there is, one branch after another."""

    def __init__(self, branches: int, communities: int) -> None:
        self.language = Language(len(str(communities)) * 100 + branches)
        self.chance = self.language.random
        names = "hub.Branch hub.City hub.District hub.User hub.Role hub.Consent".split()
        names += "communities.CensusRound communities.Community communities.CensusRecord".split()
        names += "communities.Stewardship communities.Contact".split()
        self.tables = {name.split(".")[1]: Table(name) for name in names}
        for number in range(branches):
            self._branch(number, communities // branches)

    def _branch(self, number: int, communities: int) -> None:
        t = self.tables
        name, region = city(number)
        branch = t["Branch"].add(
            slug="sochi" if number == 0 else f"city{number}", name=name, name_in=f"в {name}", name_of=name,
            is_default=number == 0, is_demo=True, host="" if number == 0 else f"city{number}.example",
            email=f"branch{number}@example.org", phone="+78620000000",
        )  # fmt: skip
        town = t["City"].add(branch_id=branch, name=name, region=region)
        districts = [
            t["District"].add(
                city_id=town, slug=f"d{place}", name=title, position=place, lat=43.4 + place / 20, lng=39.7
            )
            for place, title in enumerate(DISTRICTS)
        ]
        rounds = [
            t["CensusRound"].add(
                branch_id=branch,
                year=year,
                opens_on=date(year, 2, 1),
                closes_on=date(year, 12, 20),
                opened_at=NOW,
            )
            for year in YEARS
        ]
        coordinator = t["User"].add(
            email=f"coordinator{number}@example.org", name="Координатор", password="!"
        )
        t["Role"].add(user_id=coordinator, branch_id=branch, role="coordinator")
        for place in range(communities):
            self._community(branch, town, districts, rounds, coordinator, place)

    def _community(
        self, branch: int, town: int, districts: list[int], rounds: list[int], coordinator: int, place: int
    ) -> None:
        t, chance = self.tables, self.chance
        pk = len(t["Community"].rows) + 1
        district = districts[min(3, int(chance.expovariate(1)))]
        answers = self._answers(pk, branch, town, district)
        listed = NOW - timedelta(minutes=chance.randrange(1_000_000))
        waiting = place < 20 or chance.random() < WAITING
        if not waiting and chance.random() < IMPORTED:
            current = t["CensusRecord"].add(community_id=pk, round_id=rounds[-1], state="imported", **answers)
            t["Community"].add(
                branch_id=branch,
                slug=f"c{pk}",
                listing="listed",
                current_id=current,
                listed_at=listed,
                import_key=f"k{pk}",
            )
            return
        leader = t["User"].add(email=f"leader{pk}@example.org", name=f"Лидер Номер{pk}", password="!")
        steward = t["Stewardship"].add(community_id=pk, user_id=leader, role="leader", is_public=pk % 3 == 0)
        contact = t["Contact"].add(
            stewardship_id=steward, kind="phone", value=f"+7918{pk:07}", is_public=pk % 3 == 0
        )
        if pk % 3 == 0:
            t["Consent"].add(
                user_id=leader, kind="contact", subject=f"contact:{contact}", given=True, text_version="1",
                text_hash="0" * 64, channel="bench",
            )  # fmt: skip
        decided = {"submitted_by_id": leader, "decided_by_id": coordinator, "decided_at": listed}
        if chance.random() < OLD:
            for age, round_ in enumerate(rounds[:-1]):
                sent = NOW - timedelta(days=365 * (2 - age))
                t["CensusRecord"].add(
                    community_id=pk, round_id=round_, state="retired", submitted_at=sent, **decided, **answers
                )
        current = None
        if not waiting or place % 2:
            current = t["CensusRecord"].add(
                community_id=pk, round_id=rounds[-1 if chance.random() < 0.7 else -2], state="approved",
                submitted_at=listed, **decided, **answers,
            )  # fmt: skip
        if waiting:
            changed = answers | {"participants": 77, "short": self.language.text(8)[:200]}
            t["CensusRecord"].add(
                community_id=pk, round_id=rounds[-1], state="submitted", submitted_by_id=leader,
                submitted_at=NOW - timedelta(hours=chance.randrange(300)), **changed,
            )  # fmt: skip
        t["Community"].add(
            branch_id=branch, slug=f"c{pk}", listing="listed" if current else "unlisted", current_id=current,
            listed_at=listed if current else None,
        )  # fmt: skip

    def _answers(self, pk: int, branch: int, town: int, district: int) -> dict[str, Any]:
        chance, language = self.chance, self.language
        planted = [
            word
            for word, share in ((COMMON, COMMON_SHARE), (MIDDLE, MIDDLE_SHARE))
            if chance.random() < share
        ]
        answers = {
            # Slips are mended by the words of short texts: the planted ones stand there too.
            "name": language.name(), "short": " ".join([*planted, language.text(10)])[:200],
            "description": " ".join([language.text(chance.randint(20, 100)), *planted]),
            "directions": chance.sample(DIRECTIONS, chance.choice((1, 1, 2))), "topics": chance.sample(TOPICS, 2),
            "languages": ["ru"], "founded": chance.randint(1995, 2026), "core_members": chance.randint(2, 20),
            "participants": chance.randint(5, 900), "ages": ["families", "youth"], "joining": "open",
            "looking_for_people": chance.random() < 0.4, "format": chance.choice(("live", "online", "both")),
            "rhythm": "weekly", "days": ["weekends"], "schedule": "по субботам, 9:00", "city_id": town,
            "district_id": district, "place": language.text(4), "lat": 43.4 + chance.random() / 3,
            "lng": 39.6 + chance.random() / 2, "premises": "none",
            "offers": [{"kind": "skill", "text": language.text(6)}], "needs": [{"kind": "room", "text": language.text(6)}],
            "legal_form": "none", "criteria": {"ties": 4, "tasks": 5}, "scenario": "integration",
            "goals": language.text(12), "dream": language.text(12), "vk": f"https://vk.com/club{pk}",
        }  # fmt: skip
        record = CensusRecord(**answers)
        record.community = Community(branch_id=branch)
        record.district = District(pk=district, name=self.tables["District"].rows[district - 1]["name"])
        record.fill_keys()
        derived = ("keywords", "name_key", "link_keys", "branch_key", "marks")
        return answers | {name: getattr(record, name) for name in derived if hasattr(record, name)}


def generate(size: str) -> None:
    """Fill an empty, migrated database."""
    country = Country(*SIZES[size])
    with transaction.atomic(), connection.cursor() as cursor:
        # Our own rows refer to each other rightly: a million checks of that would only take time.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'communities_censusrecord'"
            " AND indexdef LIKE '%USING gin%'"
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        for table in country.tables.values():
            if table.rows:
                table.write()
        for _name, definition in indexes:
            cursor.execute(definition)
        write_events(size)
    refresh_search_words()
    refresh_event_words()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def sign_in() -> str:
    """A session of the first branch's coordinator, behind a second factor; its key for a cookie."""
    user = User.objects.get(email="coordinator0@example.org")
    Authenticator.objects.get_or_create(user=user, type="totp", defaults={"data": {"secret": ""}})
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key or ""


if __name__ == "__main__":
    if sys.argv[1] == "session":
        sys.stdout.write(sign_in())
    else:
        generate(sys.argv[1])
