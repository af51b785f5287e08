"""The seventh step and the way to it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from communities.actions import stewardship
from communities.forms.census import CHECK
from tests.factories import UserFactory, draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(client):
    user = UserFactory()
    client.force_login(user)
    return draft(user)


def test_the_check_shows_ones_own_contacts_and_who_will_see_them(client, record):
    own = record.community.stewardships.get()
    check = reverse("census-step", args=[record.pk, CHECK])
    values = {"phone": "+79181234567", "telegram": "@sosed"}
    stewardship.save_contacts(own, values, public={"telegram"}, by=own.user, channel="test")
    page = client.get(check).content.decode()
    phone, telegram = page.index("+7 (918) 123-45-67"), page.index("@sosed")
    assert "только для отделения" in page[phone : phone + 120]
    assert "увидят все" in page[telegram : telegram + 120]


def test_who_came_to_mend_one_place_returns_to_the_check(client, record):
    step = reverse("census-step", args=[record.pk, "people"])
    sent = {"do": "next", "step": "people", "version": record.version, "participants": 20, "core_members": 3}
    assert client.post(f"{step}?fix=1", sent).url == reverse("census-step", args=[record.pk, CHECK])
