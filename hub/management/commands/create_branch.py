"""Found a city branch: `create_branch --name Сочи --slug sochi [--host …]`. Asks nothing; safe to repeat."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from hub.models import Branch, City


class Command(BaseCommand):
    help = "Заводит отделение и его город; повтор меняет названия и адрес."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="Как на знаке: Сочи")
        parser.add_argument("--slug", required=True, help="Код латиницей: sochi")
        parser.add_argument("--host", default="", help="Имя хоста портала: sochi.example.ru")
        parser.add_argument("--name-in", default="", help="Где: в Сочи")
        parser.add_argument("--name-of", default="", help="Чего: Сочи, Казани")
        parser.add_argument("--region", default="", help="Регион города")
        parser.add_argument("--email", default="", help="Почта отделения")
        parser.add_argument("--default", action="store_true", help="Открывать под любым другим адресом")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        name, slug = options["name"], options["slug"]
        branch = Branch.objects.filter(slug=slug).first() or Branch(slug=slug)
        branch.name = name
        branch.name_in = options["name_in"] or branch.name_in or f"в городе {name}"
        branch.name_of = options["name_of"] or branch.name_of or f"города {name}"
        branch.host = options["host"].lower() or branch.host
        branch.email = options["email"] or branch.email
        # The first branch answers under every address: there is no other to answer.
        branch.is_default = branch.is_default or options["default"] or not Branch.objects.exists()
        if branch.is_default:
            Branch.objects.exclude(pk=branch.pk).update(is_default=False)
        try:
            branch.full_clean()
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        branch.save()
        City.objects.get_or_create(name=name, region=options["region"], defaults={"branch": branch})
        self.stdout.write(f"Отделение «{branch.name}» ({branch.slug}) готово.")
