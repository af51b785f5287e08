"""What nobody would type, in every field and parameter of every address at once: never an error of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest
from django import forms
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.architecture.cast import make_cast
from tests.architecture.test_routes import rows

#: By whom it is typed → what: too long for a bigint and just short enough, digits that addresses do not have,
#: days that no clock reckons with, letters that no column holds.
TYPED = {
    "leader": ["9" * 30, "9999-12-31"],
    "coordinator": ["１٢", str(2**63 - 1), "а\x00б", "0001-01-01"],
}
#: Signing in as somebody else, or out, is another test's matter.
LEFT_OUT = ("account_", "mfa_", "socialaccount_", "demo-")


def parameters() -> list[str]:
    """Names that views ask a request for."""
    asked = re.compile(r"""(?:GET|POST|data|query_params)(?:\.get|\.getlist)?[(\[]["'](\w+)["']""")
    found: set[str] = set()
    for app in ("hub", "communities", "events", "grants", "knowledge", "reports"):
        for file in (settings.BASE_DIR / app).rglob("*.py"):
            found |= set(asked.findall(file.read_text()))
    return sorted(found)


def fields() -> list[str]:
    """Names of the fields of all forms of ours."""

    def below(kind: type) -> Iterator[type]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    ours = ("hub.", "communities.", "events.", "grants.", "knowledge.", "reports.")
    kinds = [kind for kind in below(forms.BaseForm) if kind.__module__.startswith(ours)]
    return sorted({name for kind in kinds for name in getattr(kind, "base_fields", {})})


def test_the_names_are_really_found():
    assert {"date", "event", "community", "page", "q", "seen", "do"} <= set(parameters())
    assert {"capacity", "end_day", "until", "help_until", "speaker", "people"} <= set(fields())


@pytest.mark.django_db
@pytest.mark.parametrize("role", TYPED)
def test_no_address_breaks(role):
    cast, broken, names = make_cast(), [], sorted({*parameters(), *fields()})
    client = Client(raise_request_exception=False)
    client.force_login(cast.people[role])
    for words, (method, name, arguments, _codes) in product(TYPED[role], list(rows())):
        if name.startswith(LEFT_OUT):
            continue
        said = dict.fromkeys(names, words)
        address = reverse(
            name, kwargs={key: cast.things.get(value, value) for key, value in arguments.items()}
        )
        ask = client.post if method == "POST" else client.get
        with transaction.atomic():
            answer = ask(address, said, headers={"accept": "text/html"})
            if answer.streaming:
                b"".join(answer.streaming_content)
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            broken.append(f"{method} {name} with {words!r}: {answer.status_code}")
    assert broken == []
