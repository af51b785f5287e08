"""The staff's door: sign-in, then a second factor, then the right; looked at anew at every request."""

import pytest
from django.test import Client

from hub.choices import RoleKind
from hub.models import Role
from tests import factories as f

pytestmark = pytest.mark.django_db
PAGE = "/styleguide/"  # hub.view_styleguide: any role of the branch


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def asleep():
    """A coordinator who has not set up a second factor."""
    user = f.UserFactory()
    Role.objects.create(user=user, role=RoleKind.COORDINATOR, branch=f.BranchFactory())
    return user


def test_a_stranger_is_sent_to_sign_in_and_comes_back():
    f.BranchFactory()
    assert Client().get(PAGE).headers["Location"] == f"/accounts/login/?next={PAGE}"


def test_staff_without_a_second_factor_are_led_to_set_it_up(asleep):
    response = signed_in(asleep).get(PAGE, follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/2fa/"
    page = response.content.decode()
    assert "второй фактор" in page
    assert "Ваша роль начнёт действовать" in page


def test_with_the_second_factor_the_role_wakes_up(asleep):
    f.second_factor(asleep)
    assert signed_in(asleep).get(PAGE).status_code == 200


def test_taking_the_second_factor_off_puts_the_role_to_sleep():
    user = f.coordinator()
    client = signed_in(user)
    assert client.get(PAGE).status_code == 200
    user.authenticator_set.all().delete()
    assert client.get(PAGE).headers["Location"] == "/accounts/2fa/"


def test_recovery_codes_alone_are_no_second_factor(asleep):
    asleep.authenticator_set.create(type="recovery_codes", data={})
    assert signed_in(asleep).get(PAGE).status_code == 302


def test_a_role_taken_away_is_gone_at_the_next_request():
    user = f.coordinator()
    client = signed_in(user)
    assert client.get(PAGE).status_code == 200
    user.roles.all().delete()
    assert client.get(PAGE).status_code == 403


def test_a_person_switched_off_is_out_at_the_next_request():
    user = f.coordinator()
    client = signed_in(user)
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(PAGE).headers["Location"].startswith("/accounts/login/")


def test_a_role_of_another_branch_opens_nothing_here():
    f.BranchFactory()
    user = f.coordinator(f.BranchFactory(slug="kazan"))
    assert signed_in(user).get(PAGE).status_code == 403


def test_the_demo_city_lets_staff_in_without_a_second_factor_and_says_that_it_is_one(asleep, settings):
    settings.DEMO = True
    assert (
        signed_in(asleep).get(PAGE).headers["Location"] == "/accounts/2fa/"
    )  # a real person, not of the demo
    type(asleep).objects.update(is_demo=True)
    page = signed_in(asleep).get(PAGE)
    assert page.status_code == 200
    assert "Учебный портал" in page.content.decode()


def test_the_demo_city_gives_nobody_a_role(settings):
    settings.DEMO = True
    f.BranchFactory()
    assert signed_in(f.UserFactory()).get(PAGE).status_code == 403
