"""Who gets what from every address: a literal table; an address without a row fails.

A row: method, route name, its arguments (names of things in cast.py), then a status for each of ROLES.
"""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture.cast import ROLES, make_cast
from tests.architecture.route_table import TABLE, WITH_BOT, WITH_LETTERS

#: Django's admin has its own test: nobody of ROLES gets in. `social/` are old addresses that allauth redirects.
ELSEWHERE = ("admin:", "social/")


def rows(table=TABLE):
    for line in table.strip().splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        method, name, arguments, *codes = line.split()
        assert len(codes) == len(ROLES), line
        yield (
            method,
            name,
            {} if arguments == "-" else dict(a.split("=") for a in arguments.split(",")),
            codes,
        )


def routes(patterns=None, prefix=""):
    """Names of all addresses, with namespaces."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from routes(entry.url_patterns, inner)
        elif isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name or entry.pattern}"


def ask(cast, role: str, method: str, name: str, arguments: dict[str, str]) -> int:
    client = cast.client(role)
    address = reverse(name, kwargs={key: cast.things.get(value, value) for key, value in arguments.items()})
    with transaction.atomic():
        response = client.generic(method, address, headers={"accept": "text/html"})
        transaction.set_rollback(True)
    return response.status_code


def test_every_route_has_a_row():
    known = {name for _, name, _, _ in rows()}
    missing = {name for name in routes() if not name.startswith(ELSEWHERE)} - known
    assert sorted(missing) == []


def wrong(table: str, *roles: str) -> list[str]:
    """What the table says otherwise of these roles."""
    cast = make_cast()
    found = []
    for role in roles:
        for method, name, arguments, codes in rows(table):
            status, said = ask(cast, role, method, name, arguments), codes[ROLES.index(role)]
            if status != int(said):
                found.append(f"{method} {name} as {role}: {status}, the table says {said}")
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_the_table_holds(role):
    assert wrong(TABLE, role) == []


@pytest.mark.django_db
def test_the_table_of_a_portal_with_a_bot_holds(settings):
    settings.TELEGRAM_TOKEN, settings.TELEGRAM_BOT = "862:token", "sochi_test_bot"
    assert wrong(WITH_BOT, *ROLES) == []


@pytest.mark.django_db
def test_the_table_of_the_demo_city_holds(settings):
    settings.DEMO = True
    assert wrong(WITH_LETTERS, *ROLES) == []


@pytest.mark.django_db
def test_django_admin_lets_nobody_of_these_in():
    cast = make_cast()
    for role in ROLES:
        assert ask(cast, role, "GET", "admin:index", {}) in (302, 403), role
        assert ask(cast, role, "GET", "admin:hub_user_changelist", {}) in (302, 403), role
