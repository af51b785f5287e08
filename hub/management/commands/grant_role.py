"""Make a registered person a member of staff: `grant_role EMAIL coordinator sochi`. Asks nothing."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hub.actions import grant_role, grant_superuser
from hub.choices import RoleKind
from hub.models import Branch, User


class Command(BaseCommand):
    help = "Даёт роль отделения тому, кто уже зарегистрировался; federal — без отделения."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("role", choices=[*RoleKind.values, "superuser"])
        parser.add_argument("branch", nargs="?", default="", help="Код отделения")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.active().filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError("Такой почты на портале нет: пусть человек сначала зарегистрируется.")
        if options["role"] == "superuser":
            grant_superuser(user, by=None)
            self.stdout.write("Готово: управление порталом откроется после настройки второго фактора.")
            return
        role = RoleKind(options["role"])
        branch = Branch.objects.filter(slug=options["branch"]).first()
        if (role == RoleKind.FEDERAL) == bool(options["branch"]):
            raise CommandError("Роль federal даётся без отделения, остальные — с кодом отделения.")
        if options["branch"] and branch is None:
            known = ", ".join(Branch.objects.values_list("slug", flat=True)) or "пока ни одного"
            raise CommandError(f"Отделения «{options['branch']}» нет. Есть: {known}.")
        grant_role(user, role, branch, by=None)
        self.stdout.write(f"Готово: {role.label}{f', {branch.name}' if branch else ''}.")
