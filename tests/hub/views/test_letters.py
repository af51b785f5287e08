"""Letters of the demo city: who reads which, and that a letter on the page can do nothing."""

import pytest
from django.core import mail
from django.test import Client

from hub import postbox
from hub.choices import RoleKind
from hub.outbox.delivery import deliver
from tests import factories as f

pytestmark = pytest.mark.django_db
LETTERS = "/accounts/letters/"


@pytest.fixture
def box(settings, tmp_path):
    settings.DEMO, settings.DEMO_MAIL = True, tmp_path / "mail"
    f.BranchFactory()
    return settings.DEMO_MAIL


def letter(subject: str, kind: str, html: str = "<p>Привет</p>") -> bytes:
    head = f"Subject: {subject}\nFrom: noreply@localhost\nX-Notification-Kind: {kind}\n"
    parts = "".join(
        f"--b\nContent-Type: text/{sub}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
        for sub, text in (("plain", "Привет https://sochi.example.org/x/"), ("html", html))
    )
    return f'{head}MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary="b"\n\n{parts}--b--\n'.encode()


def put(box, to: str, subject: str, kind: str = "round_reminder", **more) -> str:
    postbox.keep(box, [to], letter(subject, kind, **more))
    return next(stamp.key for stamp in postbox.stamps(box) if stamp.to == to)


def page(client, address=LETTERS) -> str:
    return client.get(address).content.decode()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def coordinator(**more):
    return f.staff(RoleKind.COORDINATOR, f.BranchFactory(), **more)


def typed(*addresses) -> Client:
    """A browser in which a new password was asked for at these addresses."""
    client = Client()
    for address in addresses:
        client.post("/accounts/password/reset/", {"email": address})
    return client


def test_letters_of_sign_in_open_where_their_address_was_typed(box):
    key = put(box, "New@example.org", "Новый пароль", "account")
    here = typed("new@example.org")
    assert "Новый пароль" in page(here)
    assert here.get(f"{LETTERS}{key}/").status_code == 200
    strangers = [Client(), typed("other@example.org"), signed_in(coordinator(is_demo=True))]
    strangers.append(signed_in(f.UserFactory(email="new@example.org")))
    for stranger in strangers:
        assert "Новый пароль" not in page(stranger)
        assert stranger.get(f"{LETTERS}{key}/").status_code == 404
        assert stranger.get(f"{LETTERS}{key}/html/").status_code == 404


def test_letters_of_sign_in_to_prepared_accounts_open_nowhere(box):
    person = coordinator(email="coordinator@demo.example", is_demo=True)
    key = put(box, "coordinator@demo.example", "Новый пароль", "account")
    for client in (typed("coordinator@demo.example"), typed("COORDINATOR@demo.example"), signed_in(person)):
        assert "Новый пароль" not in page(client)
        assert client.get(f"{LETTERS}{key}/html/").status_code == 404


def test_other_letters_are_their_receivers_and_a_demo_coordinators(box):
    person = f.UserFactory(email="olga@demo.example", is_demo=True)
    key = put(box, "Olga@demo.example", "Пора подтвердить")
    may = [signed_in(person), signed_in(coordinator(is_demo=True))]
    may_not = [Client(), typed("olga@demo.example"), signed_in(f.UserFactory(is_demo=True))]
    may_not += [signed_in(coordinator()), signed_in(f.staff(RoleKind.FEDERAL, is_demo=True))]
    for client in may:
        assert "Пора подтвердить" in page(client)
        assert client.get(f"{LETTERS}{key}/html/").status_code == 200
    for client in may_not:
        assert "Пора подтвердить" not in page(client)
        assert client.get(f"{LETTERS}{key}/").status_code == 404


def test_a_letter_shows_its_headers_its_text_and_a_frame(box):
    client = signed_in(coordinator(is_demo=True))
    text = page(client, f"{LETTERS}{put(box, 'a@x.org', 'О тропе')}/")
    for told in ("О тропе", "noreply@localhost", "a@x.org", 'href="https://sochi.example.org/x/"', "<iframe"):
        assert told in text
    assert (
        "frame-src 'self'"
        in client.get(f"{LETTERS}{postbox.stamps(box)[0].key}/").headers["Content-Security-Policy"]
    )


def test_what_a_letter_holds_runs_nowhere(box):
    evil = "<script>alert(1)</script>"
    key = put(
        box, "a@x.org", evil, html=f"<html><head></head>{evil}<img src=//x.org/p onerror=alert(1)></html>"
    )
    client = signed_in(coordinator(is_demo=True))
    assert evil not in page(client)
    assert evil not in page(client, f"{LETTERS}{key}/")
    frame = client.get(f"{LETTERS}{key}/html/")
    policy = frame.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; sandbox")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in frame.headers["Cache-Control"]


def test_a_key_is_no_path(box):
    client = signed_in(coordinator(is_demo=True))
    put(box, "a@x.org", "x")
    for key in ("..", "%2e%2e%2fsecret", "..%2f..%2fetc%2fpasswd", "nothing", "%00"):
        assert client.get(f"{LETTERS}{key}/").status_code == 404


def test_without_demo_and_debug_there_is_no_such_page(box, settings):
    key = put(box, "a@x.org", "x")
    client = signed_in(coordinator(is_demo=True))
    settings.DEMO = False
    for address in (LETTERS, f"{LETTERS}{key}/", f"{LETTERS}{key}/html/"):
        assert client.get(address).status_code == 404


def test_an_empty_box_says_what_will_be_here(box):
    assert "Писем пока нет" in page(Client())
    assert "Писем пока нет" in page(signed_in(f.UserFactory()))


def test_a_developer_without_a_mail_server_reads_what_waits(settings):
    settings.DEBUG = True
    f.BranchFactory()
    client = typed("nobody@example.org")
    assert "nobody@example.org" in page(client)
    [key] = {part.split("/")[0] for part in page(client).split(f'href="{LETTERS}')[1:] if part[0].isdigit()}
    assert "На эту почту нет учётной записи" in page(client, f"{LETTERS}{key}/")
    assert client.get(f"{LETTERS}{key}/html/").status_code == 200
    deliver()
    assert len(mail.outbox) == 1
    assert "Писем пока нет" in page(client)
