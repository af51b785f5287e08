"""The Django admin: behind the same door, and every role given or taken leaves a trace."""

from contextlib import nullcontext

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.test import Client

from hub.models import Delivery, Notification, Revision, Role
from tests import factories as f

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def chief():
    f.BranchFactory()
    return f.second_factor(f.UserFactory(is_superuser=True))


def test_sign_in_to_the_admin_is_the_sign_in_of_the_portal():
    f.BranchFactory()
    first = Client().get("/admin/")
    assert first.headers["Location"] == "/admin/login/?next=/admin/"
    assert Client().get(first.headers["Location"]).headers["Location"] == "/accounts/login/?next=/admin/"
    # No second way to guess passwords.
    response = Client().post("/admin/login/?next=/admin/", {"username": "a@example.org", "password": "x"})
    assert response.headers["Location"].startswith("/accounts/login/")


def test_neither_people_nor_staff_get_in():
    for user in (f.UserFactory(), f.coordinator()):
        assert signed_in(user).get("/admin/", follow=True).status_code == 403


def test_a_superuser_without_a_second_factor_is_led_to_set_it_up():
    f.BranchFactory()
    client = signed_in(f.UserFactory(is_superuser=True))
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/accounts/2fa/"


def test_a_superuser_of_the_demo_city_needs_none(settings):
    settings.DEMO = True
    f.BranchFactory()
    assert signed_in(f.UserFactory(is_superuser=True, is_demo=True)).get("/admin/").status_code == 200


def test_every_page_of_the_admin_opens(chief):
    client = signed_in(chief)
    f.coordinator()
    for model in admin.site._registry:
        name = f"{model._meta.app_label}/{model._meta.model_name}"
        assert client.get(f"/admin/{name}/").status_code == 200, name
    assert client.get(f"/admin/hub/user/{chief.pk}/change/").status_code == 200


@pytest.mark.parametrize(("zone", "taken"), [("Asia/Vladivostok", True), ("Москва", False)])
def test_a_branch_lives_in_a_time_zone_that_there_is(zone, taken):
    branch = f.BranchFactory()
    branch.timezone = zone
    with nullcontext() if taken else pytest.raises(ValidationError, match="timezone"):
        branch.full_clean()


def test_secrets_of_sign_in_are_not_to_be_seen(chief):
    registered = {model._meta.app_label for model in admin.site._registry}
    assert not registered & {"mfa", "account", "socialaccount", "sessions", "auth"}
    letter = Notification.objects.create(
        key="k",
        kind="account",
        branch=f.BranchFactory(),
        user=chief,
        subject="s",
        context={"text": "canary-link"},
    )
    delivery = Delivery.objects.create(notification=letter, channel="email", branch=letter.branch)
    assert signed_in(chief).get(f"/admin/hub/notification/{letter.pk}/change/").status_code == 404
    page = signed_in(chief).get(f"/admin/hub/delivery/{delivery.pk}/change/").content.decode()
    assert "canary-link" not in page


def test_trails_cannot_be_changed(chief):
    client = signed_in(chief)
    for model in ("revision", "delivery", "role"):
        assert client.get(f"/admin/hub/{model}/add/").status_code == 403
    assert client.get("/admin/hub/user/add/").status_code == 403
    assert client.post(f"/admin/hub/user/{chief.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_role_given_and_taken_leaves_a_trace(chief):
    person, branch = f.UserFactory(), f.BranchFactory()
    client = signed_in(chief)
    form = {
        "name": person.name,
        "phone": "",
        "is_active": "on",
        "roles-TOTAL_FORMS": 1,
        "roles-INITIAL_FORMS": 0,
    }
    given = {"roles-0-role": "coordinator", "roles-0-branch": branch.pk, "roles-0-user": person.pk}
    response = client.post(f"/admin/hub/user/{person.pk}/change/", form | given)
    assert response.status_code == 302, response.content.decode()[:4000]
    held = Role.objects.get(user=person)
    assert held.granted_by == chief
    taken = {"roles-INITIAL_FORMS": 1, "roles-0-id": held.pk, "roles-0-DELETE": "on"}
    client.post(f"/admin/hub/user/{person.pk}/change/", form | given | taken)
    assert not Role.objects.filter(user=person).exists()
    trail = Revision.objects.filter(target="hub.user", target_id=person.pk)
    assert list(trail.values_list("action", "actor", "note")) == [
        ("grant-role", chief.pk, "coordinator sochi"),
        ("revoke-role", chief.pk, "coordinator sochi"),
    ]
