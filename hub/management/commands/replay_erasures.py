"""After a restore: erase again whoever was erased since the backup was made.

manage.py replay_erasures --list > erasures.jsonl      while the database is alive
docker compose logs --no-log-prefix web | grep person_erased > erasures.jsonl      when it is lost
manage.py replay_erasures erasures.jsonl               after the restore, before the portal opens
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime

from hub import my_data
from hub.models import Erasure, User


class Command(BaseCommand):
    help = "Повторяет стирания данных после восстановления из копии; --list печатает их список."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="Строки JSON: список или журнал портала")
        parser.add_argument("--list", action="store_true", help="Напечатать стирания, о которых знает база")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for erasure in Erasure.objects.order_by("at"):
                self.stdout.write(json.dumps({"person": erasure.person, "at_time": erasure.at.isoformat()}))
            return
        if not options["file"]:
            raise CommandError("Назовите файл со списком стираний или добавьте --list.")
        done = skipped = 0
        for number, line in enumerate(self._lines(options["file"]), start=1):
            try:
                told = json.loads(line)
                person, at = int(told["person"]), parse_datetime(told["at_time"])
            except (ValueError, KeyError, TypeError):
                raise CommandError(f"Строка {number} не похожа на запись о стирании.") from None
            # A backup may be older than the account; its number may by now be somebody else's.
            user = User.objects.filter(pk=person, date_joined__lte=at, erased_at=None).first()
            if user is None:
                skipped += 1
                continue
            my_data.erase(user, by=None)
            Erasure.objects.filter(person=person).update(at=at)
            done += 1
        self.stdout.write(f"Стёрто заново: {done}. Не понадобилось: {skipped}.")

    @staticmethod
    def _lines(name: str) -> list[str]:
        try:
            with open(name, encoding="utf-8") as file:
                return [line for line in file if line.strip()]
        except OSError as error:
            raise CommandError(f"Файл «{name}» не открыть: {error.strerror}.") from None
