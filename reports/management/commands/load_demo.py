"""The demo city: `DEMO=1 manage.py load_demo`. A second run prints the accounts and changes nothing."""

from __future__ import annotations

import os
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from hub.models import Branch, User
from reports.management.demo.build import build_demo
from reports.management.demo.people import ACCOUNTS
from reports.management.demo.places import BRANCHES

WORDS = (
    "агава акация балкон барабуля бриз бухта вершина волна галька гамак гроза дельфин дольмен инжир кизил "
    "кипарис кофе лаванда лестница лимон магнолия мандарин маяк мимоза море мушмула облако олеандр парус "
    "пальма пихта платан прибой причал родник роза самшит скала сосна тропа туман фейхоа фонтан хурма чайка "
    "чайник шиповник шторм эвкалипт якорь"
).split()


class Command(BaseCommand):
    help = "Строит учебный город: отделения, сообщества, учётные записи для каждой роли."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Учебный город строится только с DEMO=1. Ничего не изменено.")
        if Branch.objects.filter(is_demo=False).exists():
            raise CommandError(
                "В базе есть настоящее отделение: учебные данные сюда не загружаются. Ничего не изменено. "
                "Укажите в DATABASE_URL пустую базу."
            )
        built = Branch.objects.filter(is_demo=True).exists()
        if not built and User.objects.exists():
            raise CommandError(
                "В базе уже есть люди, но нет учебного города: похоже, это настоящие данные. Ничего не изменено. "
                "Укажите в DATABASE_URL пустую базу."
            )
        password = self._password()
        if built:
            self._keep_password(password)
        else:
            build_demo(password, timezone.now())
        self.stdout.write(self._table(password))

    def _password(self) -> str:
        """DEMO_PASSWORD, else the one of the first start, kept beside the data."""
        file = settings.DATA_DIR / "demo-password"
        if given := os.environ.get("DEMO_PASSWORD", "").strip():
            return given
        if file.exists() and (kept := file.read_text(encoding="utf-8").strip()):
            return kept
        made = "-".join(secrets.choice(WORDS) for _ in range(4)) + f"-{secrets.randbelow(9000) + 1000}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(made + "\n", encoding="utf-8")
        return made

    @staticmethod
    def _keep_password(password: str) -> None:
        """What is printed must open the door: another DEMO_PASSWORD than last time becomes the password."""
        accounts = User.objects.filter(email__in=[account.email for account in ACCOUNTS], is_demo=True)
        first = accounts.first()
        if first and not first.check_password(password):
            accounts.update(password=make_password(password))

    @staticmethod
    def _table(password: str) -> str:
        port = os.environ.get("PORT") or "8000"
        addresses = {
            slug: f"http://{said.get('host') or 'localhost'}:{port}" for slug, said in BRANCHES.items()
        }
        lines = [(a.who, a.email, addresses[a.branch or "sochi"] + a.begin) for a in ACCOUNTS]
        heads = ("Роль", "Почта", "С чего начать")
        widths = [max(len(line[column]) for line in [heads, *lines]) for column in range(3)]
        rows = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines
        ]
        head = "  ".join(cell.ljust(width) for cell, width in zip(heads, widths, strict=True))
        return "\n".join(
            [
                "Учебный город готов. Имена, сообщества и контакты вымышлены.",
                f"Пароль у всех один: {password}",
                "",
                head.rstrip(),
                "  ".join("─" * width for width in widths),
                *(row.rstrip() for row in rows),
            ]
        )
