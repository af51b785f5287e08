"""Take a table of communities into the registry from the terminal."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from communities.actions import imports
from communities.choices import Fate, ImportStage
from communities.models import ImportBatch
from communities.tables import FIELDS, MAX_BYTES, TableRefused
from hub.approvals import Refused
from hub.models import Branch


class Command(BaseCommand):
    help = "Берёт таблицу сообществ (CSV, TSV, XLSX) в реестр: называет судьбу каждой строки, повтор ничего не меняет."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        whose = parser.add_mutually_exclusive_group()
        whose.add_argument(
            "--branch", help="код отделения; без него строки расходятся по городам всех отделений"
        )
        whose.add_argument(
            "--national", action="store_true", help="разнести строки по отделениям, которые ведут их города"
        )
        parser.add_argument("--dry-run", action="store_true", help="только назвать судьбы, ничего не менять")
        parser.add_argument("--no-header", action="store_true", help="первая строка — уже сообщество")
        parser.add_argument(
            "--encoding", default="", help="если угадана неверно: utf-8, windows-1251, utf-16"
        )
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="ПОЛЕ=N",
            help=f"где что стоит, с 1: {', '.join(FIELDS)}",
        )
        parser.add_argument("--report", type=Path, help="куда записать отчёт: .xlsx или .csv")

    def handle(self, *, file: Path, branch: str | None, **options: Any) -> None:
        with translation.override("ru"):
            try:
                content = self._read(file)
                # A dry run is the whole import but its last step, thrown away afterwards.
                with transaction.atomic():
                    batch, dropped = self._plan(file, content, branch, options)
                    if options["dry_run"]:
                        self._tell(batch, dropped)
                        self._report(batch, options["report"])
                        transaction.set_rollback(True)
                        return
            except (TableRefused, Refused) as refusal:
                raise CommandError(str(refusal)) from None
            imports.start_import(batch, by=None)
            imports.run_import(batch)
            batch.refresh_from_db()
            if batch.stage != ImportStage.DONE:
                raise CommandError(
                    batch.error
                    or _("Этот импорт выполняет обработчик портала: смотрите на странице импорта.")
                )
            self._tell(batch, dropped)
            self._report(batch, options["report"])

    def _read(self, file: Path) -> bytes:
        try:
            with file.open("rb") as stream:
                return stream.read(MAX_BYTES + 1)
        except OSError as error:
            raise CommandError(_("Файл не открывается: %(why)s") % {"why": error.strerror}) from None

    def _plan(
        self, file: Path, content: bytes, slug: str | None, options: dict[str, Any]
    ) -> tuple[ImportBatch, list[str]]:
        branches = Branch.objects.all()
        branch = (
            branches.filter(slug=slug).first() if slug else branches.order_by("-is_default", "pk").first()
        )
        if branch is None:
            known = ", ".join(branches.values_list("slug", flat=True)) or "—"
            raise CommandError(
                _("Нет отделения «%(slug)s». Есть: %(known)s.") % {"slug": slug or "", "known": known}
            )
        batch, dropped = imports.receive_table(
            branch,
            filename=file.name,
            content=content,
            by=None,
            encoding=options["encoding"],
            header=False if options["no_header"] else None,
            national=slug is None,
        )
        told = dict(self._column(text) for text in options["column"])
        mapping = {name: at for name, at in batch.mapping.items() if at not in told.values()} | told
        imports.map_columns(batch, mapping, header=batch.has_header, by=None)
        batch.refresh_from_db()
        return batch, dropped

    def _column(self, text: str) -> tuple[str, int]:
        name, _sign, number = text.partition("=")
        if name not in FIELDS or not number.isdigit() or int(number) < 1:
            raise CommandError(_("Не понять «%(text)s»: нужно, например, name=3.") % {"text": text})
        return name, int(number) - 1

    def _tell(self, batch: ImportBatch, dropped: list[str]) -> None:
        columns = ", ".join(
            f"{at + 1} — {FIELDS[name]}" for name, at in sorted(batch.mapping.items(), key=lambda i: i[1])
        )
        self.stdout.write(_("Столбцы: %(columns)s") % {"columns": columns})
        if dropped:
            self.stdout.write(
                _("Не взяты столбцы о людях (согласия нет): %(columns)s") % {"columns": ", ".join(dropped)}
            )
        for row in batch.rows.all().iterator(chunk_size=500):
            name = row.values.get("name", "—")
            city = row.values.get("city_text", "")
            reason = f" — {row.reason}" if row.reason else ""
            self.stdout.write(f"{row.number:>5}  {row.get_fate_display():<16} {name} ({city}){reason}")
        sums = imports.totals(batch)
        self.stdout.write(
            _("Строк: %(rows)s. %(fates)s. Ждут координатора: %(waiting)s.")
            % {
                "rows": sums["rows"],
                "fates": ", ".join(f"{Fate(fate).label}: {n}" for fate, n in sums["fates"].items()),
                "waiting": sums["waiting"],
            }
        )

    def _report(self, batch: ImportBatch, path: Path | None) -> None:
        if path:
            path.write_bytes(imports.report(batch, "csv" if path.suffix.lower() == ".csv" else "xlsx"))
            self.stdout.write(_("Отчёт: %(path)s") % {"path": path})
