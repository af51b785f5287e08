"""What a coordinator sees of what goes out, and what they can send once more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from communities.notifications import APPROVED, INVITATION
from hub.choices import DeliveryState
from hub.models import Delivery, Notification, Revision, User
from hub.outbox import notify
from hub.outbox.kinds import ACCOUNT
from hub.outbox.reasons import reason_of
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client):
    user = f.coordinator(f.BranchFactory())
    client.force_login(user)
    return user


def going(number=1, kind=APPROVED, branch=None, **state):
    more = {"context": {"name": f"Тропа {number}", "text": "тайные слова"}}
    if kind is INVITATION:
        more["email"] = f"guest{number}@example.org"
        more["context"] |= {
            "inviter": "Ольга",
            "role": "редактор",
            "invitation": 0,
            "expires_on": "01.12.2026",
        }
    else:
        more["user"] = f.UserFactory(name=f"Человек {number}")
    if kind is ACCOUNT:
        more["subject"] = f"Секретная тема {number}"
    key = f"going:{number}:{kind.code}"
    notify(kind, key=key, branch=branch or f.BranchFactory(), **more)
    Delivery.objects.filter(notification__key=key).update(**state)
    return Delivery.objects.get(notification__key=key)


def failed(number=1, error="SMTPRecipientsRefused 550", **more):
    return going(number, state=DeliveryState.FAILED, error=error, **more)


def page_of(client, query=""):
    return client.get(f"/outbox/{query}").content.decode()


def test_it_says_who_what_and_how_far(client, coordinator):
    going(1, state=DeliveryState.SENT, sent_at=timezone.now())
    page = page_of(client)
    for words in ("Человек 1", "Тропа 1: анкета одобрена", "Анкету одобрили", "Почта", "Отправлено"):
        assert words in page
    assert "Координатор одобрил анкету" not in page  # the words are the receiver's


def test_who_is_to_be_called_has_the_number_beside(client, coordinator):
    number = "+7 (862) 200-99-88"
    delivery = failed(1)
    assert number not in page_of(client)
    User.objects.filter(pk=delivery.notification.user_id).update(phone="+78622009988")
    assert number in page_of(client)
    Delivery.objects.update(state="sent")
    assert number not in page_of(client)


def test_letters_of_sign_in_show_neither_words_nor_subject_and_are_not_found_by_it(client, coordinator):
    going(1, kind=ACCOUNT, state=DeliveryState.FAILED, error="SMTPRecipientsRefused 550")
    page = page_of(client)
    assert "Человек 1" in page
    assert "Секретная тема" not in page
    assert "тайные слова" not in page
    assert "Отправить снова" not in page
    assert "сам попросит новое" in page
    assert "Человек 1" not in page_of(client, "?q=Секретная")
    assert "Человек 1" in page_of(client, "?q=Человек")


def test_what_is_past_is_not_sent_again(client, coordinator):
    delivery = failed(error="ConnectionRefusedError")
    Notification.objects.update(too_late_at=timezone.now() - timedelta(hours=1))
    page = page_of(client)
    assert "Отправить снова" not in page
    assert "Повторять уже поздно" in page
    assert f'value="{delivery.pk}"' not in page


def test_filters_find_and_tabs_keep_them(client, coordinator, settings):
    settings.TELEGRAM_TOKEN = "1:token"
    failed(1)
    going(2)
    going(3, kind=INVITATION)
    assert "Человек 2" not in page_of(client, "?state=failed")
    assert "guest3" not in page_of(client, "?kind=census_approved")
    assert "guest3" in page_of(client, "?q=guest3@")
    assert "Человек 1" not in page_of(client, "?channel=telegram")
    page = page_of(client, "?kind=census_approved&page=1")
    assert "?kind=census_approved&amp;state=failed" in page
    assert "По этим условиям ничего нет" in page_of(client, "?q=никогда-такого")
    assert client.get("/outbox/?state=nonsense&page=x").status_code == 200


def test_pages_keep_the_filters(client, coordinator):
    for number in range(51):
        failed(number)
    assert "?state=failed&amp;page=2" in page_of(client, "?state=failed")


def test_pages_are_counted_and_searched_no_further_than_anybody_turns_them(client, coordinator, monkeypatch):
    monkeypatch.setattr("hub.views.outbox.MOST", 2)
    for number in range(4):
        failed(number)
    page = page_of(client)
    assert "Человек 3" in page
    assert "Человек 1" not in page
    assert "Человек 1" not in page_of(client, "?q=Человек")
    assert "Человек 2" in page_of(client, "?q=Человек")


def test_a_queued_one_says_when_it_is_tried_again(client, coordinator):
    later = timezone.now() + timedelta(hours=2)
    going(1, error="SMTPRecipientsRefused 451", next_try_at=later)
    page = page_of(client, "?state=queued")
    assert f"Отправим {timezone.localtime(later):%d.%m.%Y %H:%M}" in page
    assert "Портал попробует снова сам" in page
    going(2)
    assert "Уйдёт в ближайшую минуту" in page_of(client, "?state=queued")


def test_another_branch_stays_out_of_sight_and_reach(client, coordinator):
    kazan = f.BranchFactory(slug="kazan", host="kazan.example.org")
    theirs = failed(1, branch=kazan)
    page = page_of(client)
    assert "Человек 1" not in page
    assert "Портал ещё никому не писал" in page
    assert client.post(f"/outbox/{theirs.pk}/resend/").status_code == 404
    client.post("/outbox/resend/", {"pk": theirs.pk})
    theirs.refresh_from_db()
    assert theirs.state == DeliveryState.FAILED


def test_one_more_try_leaves_a_trace_and_comes_back_to_the_same_list(client, coordinator):
    delivery = failed()
    answer = client.post(f"/outbox/{delivery.pk}/resend/", {"query": "state=failed&q=Тропа"})
    assert answer.headers["Location"].startswith("/outbox/?state=failed&q=")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == (DeliveryState.QUEUED, "")
    assert Revision.objects.get(action="resend").actor == coordinator
    again = client.post(f"/outbox/{delivery.pk}/resend/", follow=True).content.decode()
    assert "Повторить можно только то, что не доставлено" in again


def test_many_are_sent_once_more_but_not_what_must_not(client, coordinator):
    good = [failed(1), failed(2, error="ConnectionRefusedError")]
    personal = failed(3, kind=ACCOUNT)
    sent = going(4, state=DeliveryState.SENT)
    keys = [row.pk for row in (*good, personal, sent)]
    page = client.post("/outbox/resend/", {"pk": [*keys, "x", "9" * 5000]}, follow=True).content.decode()
    assert "Поставили в очередь 2 отправки." in page
    states = dict(Delivery.objects.values_list("pk", "state"))
    assert [states[key] for key in keys] == ["queued", "queued", "failed", "sent"]
    assert Revision.objects.filter(action="resend").count() == 2
    assert "Отметьте хотя бы одну" in client.post("/outbox/resend/", follow=True).content.decode()


def test_what_only_the_line_is_to_blame_for_is_ticked_beforehand(client, coordinator):
    lost, refused = failed(1, error="ConnectionRefusedError"), failed(2)
    page = page_of(client, "?state=failed")
    assert f'value="{lost.pk}" form="resend" checked' in page
    assert f'value="{refused.pk}" form="resend">' in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_list(
    client, coordinator, django_assert_num_queries, count
):
    for number in range(count):
        failed(number)
    page_of(client)
    with django_assert_num_queries(9):
        page_of(client)


def test_only_coordinators_have_the_section(client, coordinator):
    assert 'href="/outbox/"' in page_of(client)
    client.force_login(f.UserFactory())
    assert client.get("/outbox/").status_code == 403
    assert 'href="/outbox/"' not in client.get("/inbox/").content.decode()


@pytest.mark.parametrize(
    ("channel", "error", "words", "passing"),
    [
        ("email", "SMTPRecipientsRefused 550", "не нашла такого адреса", False),
        ("email", "SMTPRecipientsRefused 552", "переполнен", False),
        ("email", "SMTPRecipientsRefused 451", "попросил подождать", True),
        ("email", "SMTPDataError 554", "не приняла письмо", False),
        ("email", "SMTPSenderRefused 553", "от имени портала", False),
        ("email", "SMTPAuthenticationError 535", "не пустил портал", False),
        ("email", "ConnectionRefusedError", "Почта не отвечает", True),
        ("email", "SMTPServerDisconnected disconnected", "Почта не отвечает", True),
        ("email", "KeyError", "не удалось составить", False),
        ("telegram", "Forbidden 403", "остановил бота", False),
        ("telegram", "Telegram 400", "нет такого чата", False),
        ("telegram", "TimeoutError", "Telegram не отвечает", True),
    ],
)
def test_reasons_are_said_in_words(channel, error, words, passing):
    reason = reason_of(Delivery(channel=channel, error=error, state=DeliveryState.FAILED))
    assert words in str(reason.what)
    assert (reason.passing, reason.code) == (passing, error)
    waiting = reason_of(Delivery(channel=channel, error=error, state=DeliveryState.QUEUED))
    assert "попробует снова сам" in str(waiting.advice)


@pytest.mark.parametrize(
    ("error", "words"), [("muted", "отказался"), ("too-late", "Опоздало"), ("gone", "закрыта")]
)
def test_what_was_not_sent_on_purpose_needs_nothing_done(error, words):
    reason = reason_of(Delivery(channel="email", error=error, state=DeliveryState.SKIPPED))
    assert words in str(reason.what)
    assert "ничего не нужно" in str(reason.advice)
    assert reason.code == ""


def test_what_went_well_has_no_reason():
    assert reason_of(Delivery(channel="email", state=DeliveryState.SENT)) is None
