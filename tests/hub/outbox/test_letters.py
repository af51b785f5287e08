"""Letters: one source for text and HTML, a way out of them, nobody else's hand on it."""

import pytest
from django.core import mail, signing
from django.test import Client

from hub.actions import revoke_letter_links
from hub.models import NotificationSettings
from hub.outbox.delivery import deliver
from hub.outbox.kinds import ACCOUNT
from hub.outbox.letters import read_unsubscribe, unsubscribe_path
from tests import factories as f

pytestmark = pytest.mark.django_db


def letter(greet, **more):
    greet(**more)
    deliver()
    return mail.outbox[-1]


def test_text_and_html_say_the_same(greet):
    branch = f.BranchFactory()
    sent = letter(greet, path="/cabinet/", context={"text": "Первый абзац.\n\nВторой <b>абзац</b>."})
    html = sent.alternatives[0][0]
    for words in ("Первый абзац.", f"{branch.origin}/cabinet/", "Открыть", "Вы в тесте.", "Сочи"):
        assert words in sent.body
        assert words in html
    assert "Второй <b>абзац</b>." in sent.body
    assert "<b>абзац</b>" not in html


def test_it_is_in_the_receivers_language(greet):
    assert "Hello" in letter(greet, user=f.UserFactory(language="en")).body


def test_one_click_stops_this_kind_of_letters(greet):
    user = f.UserFactory()
    sent = letter(greet, user=user)
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = sent.extra_headers["List-Unsubscribe"].strip("<>")
    assert address.startswith(f.BranchFactory().origin)
    assert address in sent.body
    program = Client(enforce_csrf_checks=True)
    path = address.removeprefix(f.BranchFactory().origin)
    assert program.get(path).status_code == 200  # a look (a scanner of links) changes nothing
    assert not NotificationSettings.objects.exists()
    for _twice in range(2):
        answer = program.post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert NotificationSettings.objects.get(user=user).muted == ["greeting:email"]
    greet(key="greeting:2", user=user)
    assert deliver() == 0


def test_letters_of_sign_in_and_to_strangers_have_no_way_out(greet):
    for more in ({"kind": ACCOUNT, "user": f.UserFactory(), "subject": "Пароль"}, {"email": "x@example.org"}):
        sent = letter(greet, key=f"k{len(mail.outbox)}", **more)
        assert "List-Unsubscribe" not in sent.extra_headers


def test_a_foreign_altered_or_revoked_link_is_nobodys(client):
    f.BranchFactory()
    user = f.UserFactory()
    path = unsubscribe_path(user, "greeting")
    assert client.get(path).status_code == 200
    altered = path[:-2] + ("A" if path[-2] != "A" else "B") + "/"
    other = f"/unsubscribe/{signing.dumps([user.pk, 'greeting', 0], salt='another')}/"
    for wrong in (altered, other, "/unsubscribe/x/"):
        assert client.get(wrong).status_code == 404
        assert client.post(wrong).status_code == 404
    revoke_letter_links(user, by=user)
    assert client.get(path).status_code == 404
    user.refresh_from_db()
    assert client.get(unsubscribe_path(user, "greeting")).status_code == 200


def test_a_link_of_an_erased_person_is_nobodys():
    user = f.UserFactory()
    token = unsubscribe_path(user, "greeting").split("/")[2]
    assert read_unsubscribe(token) == (user, "greeting")
    user.is_active = False
    user.save()
    assert read_unsubscribe(token) is None
