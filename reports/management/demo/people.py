"""Who can sign in to the demo city, and where each begins. The people are invented."""

from __future__ import annotations

from dataclasses import dataclass

from hub.choices import RoleKind


@dataclass(frozen=True)
class Account:
    """`role` is a staff role in `branch` (federal staff have none)."""

    email: str
    name: str
    who: str
    begin: str
    role: RoleKind | None = None
    branch: str = "sochi"


DOMAIN = "demo.example"

ACCOUNTS = [
    Account(f"leader@{DOMAIN}", "Ольга Савченко", "Лидер двух сообществ", "/cabinet/"),
    Account(f"co-leader@{DOMAIN}", "Елена Воронцова", "Солидер «Тропы 862»", "/cabinet/"),
    Account(f"new@{DOMAIN}", "Нина Абрамова", "Лидер без сообщества", "/cabinet/register/"),
    Account(
        f"coordinator@{DOMAIN}", "Марина Гегечкори", "Координатор, Сочи", "/queue/", RoleKind.COORDINATOR
    ),
    Account(
        f"coordinator2@{DOMAIN}", "Павел Ласурия", "Второй координатор, Сочи", "/queue/", RoleKind.COORDINATOR
    ),
    Account(
        f"administration@{DOMAIN}",
        "Сергей Беляев",
        "Администрация города",
        "/state-events/desk/",
        RoleKind.ADMINISTRATION,
    ),
    Account(f"analyst@{DOMAIN}", "Вера Тимофеева", "Аналитик, Сочи", "/reports/kpi/", RoleKind.ANALYST),
    Account(
        f"federal@{DOMAIN}",
        "Илья Звягин",
        "Федеральный центр",
        "/reports/kpi/branches/",
        RoleKind.FEDERAL,
        "",
    ),
    Account(
        f"kazan@{DOMAIN}", "Алсу Хакимова", "Координатор, Казань", "/queue/", RoleKind.COORDINATOR, "kazan"
    ),
]
#: Signs in nowhere: stands behind the claim that waits in the queue.
CLAIMANT = Account(f"claimant@{DOMAIN}", "Григорий Орехов", "Заявитель", "")
