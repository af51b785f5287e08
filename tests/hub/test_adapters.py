"""Signing up, signing in, a new password: the same answer for everybody, and limits that hold."""

import re
from collections import Counter

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.test import Client

from hub.adapters import SocialAccountAdapter
from hub.choices import ConsentKind, DeliveryState
from hub.models import Consent, Delivery, Notification, User
from hub.outbox.delivery import deliver
from tests import factories as f
from tests.at_once import at_once

pytestmark = pytest.mark.django_db

NEW = {
    "name": "Ольга Тропинина",
    "email": "olga@example.org",
    "password1": "длинный пароль 862",
    "consent": "on",
}


class CountingHasher(PBKDF2PasswordHasher):
    """Counts how often a password is hashed: that is where the time of these pages goes."""

    iterations = 100
    made: Counter[str] = Counter()

    def encode(self, *args, **kwargs):
        self.made["hashes"] += 1
        return super().encode(*args, **kwargs)


@pytest.fixture(autouse=True)
def ground(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    cache.clear()
    CountingHasher.made.clear()
    f.BranchFactory()


def answer(address: str, data: dict, **headers) -> tuple:
    """Everything of an answer that a stranger sees, how many hashes and letters it cost."""
    client, before = Client(**headers), CountingHasher.made["hashes"]
    letters = Notification.objects.count()
    response = client.post(address, data)
    body = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', "", response.content.decode())
    body = body.replace(data.get("email") or data.get("login", ""), "…")
    return (
        response.status_code,
        response.headers.get("Location"),
        sorted(response.cookies),
        body,
        CountingHasher.made["hashes"] - before,
        Notification.objects.count() - letters,
    )


# --- signing up -------------------------------------------------------------------------------------


def test_sign_up_confirms_by_letter_and_keeps_the_consent(django_capture_on_commit_callbacks):
    client = Client()
    response = client.post("/accounts/signup/", NEW)
    assert response.headers["Location"] == "/accounts/confirm-email/"
    user = User.objects.get(email="olga@example.org")
    assert user.name == "Ольга Тропинина"
    consent = Consent.objects.get(user=user)
    assert (consent.kind, consent.given, consent.text_version) == (ConsentKind.PROCESSING, True, "1")
    assert len(consent.text_hash) == 64

    deliver()
    [letter] = mail.outbox
    assert letter.to == ["olga@example.org"]
    assert "Сочи" in letter.body
    link = re.search(r"http://testserver(/accounts/confirm-email/\S+)", letter.body)[1]
    page = client.get(link).content.decode()
    assert "olga@example.org" in page
    assert client.post(link).status_code == 302
    assert user.emailaddress_set.get().verified
    assert client.get("/accounts/settings/").status_code == 200


def test_a_letter_with_a_secret_is_not_kept_once_it_is_sent():
    Client().post("/accounts/signup/", NEW)
    assert "confirm-email" in Notification.objects.get().context["text"]
    deliver()
    assert Delivery.objects.get().state == DeliveryState.SENT
    assert Notification.objects.get().context == {}


HOSTILE = [
    "https://evil.example/calendar/",
    "//evil.example/calendar/",
    "/\\evil.example/calendar/",
    "javascript:alert(1)",
    "http:///evil.example",
    "http://testserver/calendar/",  # ours, and yet no path
    "/you-have-won/go-to/evil.example/",  # nothing of ours: words for somebody else's letter
    "calendar/",
    "/calendar/?q=" + "a" * 300,
    "/calendar/\nBcc: all@example.org",
]


@pytest.mark.parametrize("wished", HOSTILE)
def test_a_letter_leads_to_pages_of_ours_alone(wished):
    answer = Client().post("/accounts/signup/", {**NEW, "next": wished})
    assert answer.headers["Location"] == "/accounts/confirm-email/"
    assert re.search(r"/accounts/confirm-email/\S+", Notification.objects.get().context["text"])[0].endswith(
        "/"
    )


@pytest.mark.parametrize("wished", HOSTILE[:5])
def test_a_link_that_somebody_spoilt_leads_nowhere_else(wished):
    Client().post("/accounts/signup/", NEW)
    link = re.search(r"/accounts/confirm-email/\S+", Notification.objects.get().context["text"])[0]
    answer = Client().post(link, {"next": wished})
    assert User.objects.get().emailaddress_set.get().verified
    assert answer.headers["Location"] == "/accounts/login/"


def test_a_letter_leads_where_the_person_was_going():
    answer = Client().post("/accounts/signup/", {**NEW, "next": "/calendar/?view=list&month=2027-01"})
    assert (
        answer.headers["Location"]
        == "/accounts/confirm-email/?next=/calendar/%3Fview%3Dlist%26month%3D2027-01"
    )
    text = Notification.objects.get().context["text"]
    link = re.search(r"/accounts/confirm-email/\S+", text)[0]
    assert link.endswith("/?next=/calendar/%3Fview%3Dlist%26month%3D2027-01")
    answer = Client().post(link)
    assert answer.headers["Location"] == "/calendar/?view=list&month=2027-01"


@pytest.mark.parametrize("missing", ["name", "email", "password1", "consent"])
def test_sign_up_without_any_of_its_answers_makes_nobody(missing):
    page = Client().post("/accounts/signup/", {**NEW, missing: ""}).content.decode()
    assert "data-error-summary" in page
    assert not User.objects.exists()


def test_the_consent_is_not_ticked_beforehand():
    page = Client().get("/accounts/signup/").content.decode()
    box = re.search(r'<input[^>]*name="consent"[^>]*>', page)[0]
    assert "checked" not in box
    assert "/privacy/#processing" in page


# --- nobody learns who is here ----------------------------------------------------------------------


def test_sign_up_answers_the_same_for_a_known_address():
    f.UserFactory(email="known@example.org")
    known = answer("/accounts/signup/", {**NEW, "email": "known@example.org", "next": "/calendar/"})
    unknown = answer("/accounts/signup/", {**NEW, "email": "unknown@example.org", "next": "/calendar/"})
    assert known == unknown
    assert known[0] == 302
    letters = Notification.objects.in_bulk(field_name="pk").values()
    assert {row.email: row.subject for row in letters} == {
        "known@example.org": "У вас уже есть учётная запись",
        "unknown@example.org": "Подтвердите почту, и всё готово",
    }


def test_sign_in_answers_the_same_for_a_known_address():
    f.UserFactory(email="known@example.org")
    f.UserFactory(email="left@example.org", is_active=False)
    answers = [
        answer("/accounts/login/", {"login": f"{who}@example.org", "password": "не тот пароль"})
        for who in ("known", "unknown", "left")
    ]
    assert answers[0] == answers[1] == answers[2]
    assert "не подошли" in answers[0][3]
    assert answers[0][4] == 1


def test_reset_answers_the_same_for_a_known_address():
    f.UserFactory(email="known@example.org")
    known = answer("/accounts/password/reset/", {"email": "known@example.org"})
    unknown = answer("/accounts/password/reset/", {"email": "unknown@example.org"})
    assert known == unknown
    assert known[1] == "/accounts/password/reset/done/"
    assert known[5] == 1


# --- limits -----------------------------------------------------------------------------------------


def try_in(password: str, **headers) -> str:
    return (
        Client(**headers)
        .post("/accounts/login/", {"login": "olga@example.org", "password": password})
        .content.decode()
    )


def test_wrong_passwords_stop_at_five_for_an_account(settings):
    settings.ALLOWED_HOSTS = ["*"]
    f.UserFactory(email="olga@example.org")
    # Another address in a forged header, another host: none of it is another attempt.
    for number in range(5):
        forged = {"HTTP_X_FORWARDED_FOR": f"203.0.113.{number}", "HTTP_HOST": f"host{number}.example.org"}
        assert "не подошли" in try_in("не тот", **forged)
    page = try_in(f.PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.77", HTTP_HOST="other.example.org")
    assert "Слишком много неудачных попыток" in page
    assert "не подошли" not in page


def test_a_forged_header_gains_no_new_limit_of_the_address():
    for number in range(20):
        try_in("x", REMOTE_ADDR="192.0.2.9", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    response = Client(REMOTE_ADDR="192.0.2.9", HTTP_X_FORWARDED_FOR="203.0.113.99")
    data = {"login": "other@example.org", "password": "x"}
    assert "Слишком много" in response.post("/accounts/login/", data).content.decode()


def test_behind_our_own_proxy_each_visitor_has_a_limit_of_their_own(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(12):
        client = Client(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=f"8.8.8.8, 203.0.113.{number}")
        page = client.post("/accounts/login/", {"login": f"p{number}@example.org", "password": "x"})
        assert "Слишком много" not in page.content.decode()


def test_too_many_requests_get_a_page_of_ours():
    for _ in range(20):
        Client().post("/accounts/signup/", {})
    response = Client().post("/accounts/signup/", {})
    assert response.status_code == 429
    assert "Подождите пять минут" in response.content.decode()


def test_sign_in_works_without_redis(settings):
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"},
    }
    f.UserFactory(email="olga@example.org")
    response = Client().post("/accounts/login/", {"login": "olga@example.org", "password": f.PASSWORD})
    assert response.status_code == 302
    assert Client().post("/accounts/signup/", {**NEW, "email": "new@example.org"}).status_code == 302


# --- the second step --------------------------------------------------------------------------------


def code_of(user: User) -> str:
    secret = user.authenticator_set.get(type="totp").data["secret"]
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))


def test_with_a_second_factor_the_password_alone_opens_nothing():
    user = f.second_factor(f.UserFactory(email="olga@example.org"))
    client = Client()
    response = client.post("/accounts/login/", {"login": "olga@example.org", "password": f.PASSWORD})
    assert response.headers["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/accounts/settings/").status_code == 302
    page = client.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert "Код не подошёл" in page
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(user)}).status_code == 302
    assert client.get("/accounts/settings/").status_code == 200


def test_a_reset_password_does_not_pass_the_second_factor():
    f.second_factor(f.UserFactory(email="olga@example.org"))
    client = Client()
    client.post("/accounts/password/reset/", {"email": "olga@example.org"})
    link = re.search(r"http://testserver(/\S+)", Notification.objects.get().context["text"])[1]
    form = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "совсем новый пароль 1", "password2": "совсем новый пароль 1"})
    assert client.get("/accounts/settings/").status_code == 302


def test_a_person_is_told_of_a_change_of_the_password(client):
    user = f.UserFactory(email="olga@example.org")
    client.force_login(user)
    new = "совсем новый пароль 1"
    client.post("/accounts/password/change/", {"oldpassword": f.PASSWORD, "password1": new, "password2": new})
    assert "Пароль изменён" in Notification.objects.get().subject


def test_signing_in_brings_the_theme_and_the_language_of_the_settings():
    f.UserFactory(email="olga@example.org", theme="dark", language="en")
    client = Client()
    client.post("/accounts/login/", {"login": "olga@example.org", "password": f.PASSWORD})
    assert client.cookies["theme"].value == "dark"
    assert client.cookies["django_language"].value == "en"


# --- other sites ------------------------------------------------------------------------------------


def test_other_sites_are_offered_only_when_the_environment_names_them(settings):
    assert "ВКонтакте" not in Client().get("/accounts/login/").content.decode()
    assert Client().get("/accounts/vk/login/").status_code == 404
    settings.SOCIALACCOUNT_PROVIDERS = {"vk": {"APPS": [{"client_id": "1", "secret": "x"}]}}
    page = Client().get("/accounts/login/").content.decode()
    assert "ВКонтакте" in page
    assert "Яндекс" not in page
    assert Client().get("/accounts/vk/login/").status_code == 200


def test_an_account_of_another_site_asks_for_the_consent_too():
    assert SocialAccountAdapter().is_auto_signup_allowed(None, None) is False


@pytest.mark.django_db(transaction=True)
def test_six_clicks_on_sign_up_make_one_account():
    f.BranchFactory()

    def click() -> tuple[int, str]:
        answer = Client().post("/accounts/signup/", NEW)
        return answer.status_code, answer.headers["Location"]

    assert set(at_once(*[click] * 6)) == {(302, "/accounts/confirm-email/")}
    assert User.objects.filter(email=NEW["email"]).count() == 1


@pytest.mark.parametrize(
    ("kind", "page"),
    [("coordinator", "/queue/"), ("administration", "/state-events/desk/"), ("analyst", "/cabinet/")],
)
def test_a_coordinator_begins_with_the_queue_and_the_administration_with_its_events(settings, kind, page):
    settings.DEMO = True
    f.staff(kind, f.BranchFactory(), email="staff@example.org", is_demo=True).authenticator_set.all().delete()
    said = {"login": "staff@example.org", "password": f.PASSWORD}
    assert Client().post("/accounts/login/", said).headers["Location"] == page
