"""What a person reads of what the portal says to them, and how they say how they want to hear it."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from communities.notifications import APPROVED, QUEUE_NORM, RETURNED
from hub.models import Notification, NotificationSettings, Revision, TelegramChat
from hub.outbox import notify
from hub.outbox.letters import unsubscribe_path
from tests import factories as f

pytestmark = pytest.mark.django_db

SETTINGS = "/accounts/notifications/"


@pytest.fixture
def person(client):
    f.BranchFactory()
    user = f.UserFactory()
    client.force_login(user)
    return user


def tell(user, number=1, kind=APPROVED, **more):
    more.setdefault("context", {"name": f"Тропа {number}", "reasons": []})
    notify(kind, key=f"told:{number}", branch=f.BranchFactory(), user=user, path="/cabinet/", **more)
    return Notification.objects.get(key=f"told:{number}")


def page_of(client, address="/inbox/"):
    return client.get(address).content.decode()


# --- the inbox -------------------------------------------------------------------------------------


def test_the_newest_stands_first_and_what_is_new_says_so_in_words(client, person):
    old, new = tell(person, 1), tell(person, 2)
    Notification.objects.filter(pk=old.pk).update(read_at=timezone.now())
    page = page_of(client)
    assert page.index("Тропа 2: анкета одобрена") < page.index("Тропа 1: анкета одобрена")
    assert page.count(">Новое<") == 1
    assert f"/inbox/{new.pk}/" in page
    assert "Открыть страницу сообщества" in page
    assert "Анкету одобрили" in page


def test_days_are_those_of_the_persons_own_clock(client, person):
    NotificationSettings.objects.create(user=person, timezone="Asia/Kamchatka")
    for number, moment in enumerate(["2026-11-20T10:00", "2026-11-24T11:00", "2026-11-24T13:00"]):
        row = tell(person, number)
        Notification.objects.filter(pk=row.pk).update(
            created_at=datetime.fromisoformat(moment).replace(tzinfo=UTC)
        )
    with time_machine.travel(datetime(2026, 11, 25, 1, tzinfo=UTC), tick=False):
        page = page_of(client)
    # On Kamchatka it is past noon of the 25th; 13:00 UTC was one o'clock of the 25th there, 11:00 still the 24th.
    assert re.findall(r'hub-inbox__day" id="day-\d">([^<]+)', page) == ["Сегодня", "Вчера", "20.11.2026"]
    assert "01:00" in page


def test_what_asks_for_an_act_is_marked_until_it_is_too_late(client, person):
    row = tell(person, kind=RETURNED)
    assert "Нужно ваше действие" in page_of(client)
    client.get(f"/inbox/{row.pk}/")
    assert "Просит действия" in page_of(client)
    Notification.objects.filter(pk=row.pk).update(too_late_at=timezone.now() - timedelta(hours=1))
    assert "действи" not in page_of(client)


def test_one_click_opens_and_reads(client, person):
    row = tell(person)
    client.head(f"/inbox/{row.pk}/")
    row.refresh_from_db()
    assert row.read_at is None  # a look ahead is no reading
    assert client.get(f"/inbox/{row.pk}/").headers["Location"] == "/cabinet/"
    row.refresh_from_db()
    assert row.read_at is not None


def test_another_branchs_news_leads_to_its_own_host(client, person):
    row = tell(person)
    kazan = f.BranchFactory(slug="kazan", host="kazan.example.org")
    Notification.objects.filter(pk=row.pk).update(branch=kazan)
    assert client.get(f"/inbox/{row.pk}/").headers["Location"] == f"{kazan.origin}/cabinet/"


def test_nobody_opens_or_reads_what_was_said_to_another(client, person):
    row = tell(f.UserFactory())
    assert client.get(f"/inbox/{row.pk}/").status_code == 404
    client.post("/inbox/read/", {"pk": row.pk})
    row.refresh_from_db()
    assert row.read_at is None
    assert "Тропа 1" not in page_of(client)


def test_one_or_all_are_read(client, person):
    rows = [tell(person, number) for number in range(3)]
    unread = Notification.objects.inbox_of(person).unread()
    assert client.post("/inbox/read/", {"pk": rows[0].pk, "show": "unread"}).headers["Location"] == (
        "/inbox/?show=unread"
    )
    assert unread.count() == 2
    assert client.post("/inbox/read/").headers["Location"] == "/inbox/"
    assert unread.count() == 0
    assert "Всё прочитано" in page_of(client, "/inbox/?show=unread")


def test_a_long_text_opens_on_the_spot(client, person):
    reason = "Укажите вход со двора. " * 20
    tell(person, kind=RETURNED, context={"name": "Тропа", "reasons": [{"label": "Место", "reason": reason}]})
    page = page_of(client)
    assert "<details" in page
    assert reason.strip() in page


def test_what_an_app_that_is_gone_has_said_stays(client, person):
    row = tell(person)
    Notification.objects.filter(pk=row.pk).update(kind="bygone")
    assert "Тропа 1: анкета одобрена" in page_of(client)


def test_what_has_lost_its_words_stays_and_breaks_no_page(client, person):
    tell(person, kind=QUEUE_NORM, subject="Норма нарушена", context={"late": True})
    assert "Норма нарушена" in page_of(client)


def test_a_number_that_is_none_is_no_fault(client, person):
    row = tell(person)
    assert client.post("/inbox/read/", {"pk": [row.pk, "9" * 5000]}).status_code == 302
    row.refresh_from_db()
    assert row.read_at


def test_an_empty_inbox_says_what_will_be_here(client, person):
    page = page_of(client)
    assert "Уведомлений пока нет" in page
    assert "Отметить всё прочитанным" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_list(client, person, django_assert_num_queries, count):
    for number in range(count):
        tell(person, number)
    page_of(client)  # what a process keeps is warm
    with django_assert_num_queries(8):
        page_of(client)


def test_pages_follow_each_other(client, person):
    for number in range(31):
        tell(person, number)
    assert page_of(client).count('<li class="hub-inbox__one') == 30
    assert page_of(client, "/inbox/?page=2").count('<li class="hub-inbox__one') == 1


# --- the bell --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "name", "shown"),
    [
        (0, "Уведомления, непрочитанных нет", ""),
        (1, "Уведомления, 1 непрочитанное", "1"),
        (2, "Уведомления, 2 непрочитанных", "2"),
        (5, "Уведомления, 5 непрочитанных", "5"),
        (21, "Уведомления, 21 непрочитанное", "21"),
        (120, "Уведомления, больше 99 непрочитанных", "99+"),
    ],
)
def test_the_bell_counts_aloud(client, person, count, name, shown):
    Notification.objects.bulk_create(
        Notification(key=f"k:{n}", kind=APPROVED.code, user=person, branch=f.BranchFactory(), subject="…")
        for n in range(count)
    )
    bell = page_of(client, "/inbox/bell/")
    assert f'aria-label="{name}"' in bell
    assert (f">{shown}</span>" in bell) is bool(count)
    assert "<html" not in bell
    assert name in page_of(client, "/accounts/settings/")


def test_the_bell_of_who_signed_out_gets_no_sign_in_page():
    f.BranchFactory()
    answer = Client().get("/inbox/bell/")
    assert (answer.status_code, answer.content) == (401, b"")


# --- settings --------------------------------------------------------------------------------------


def answers(**more):
    return {
        "digest": "",
        "digest_at": "09:00",
        "quiet": "on",
        "quiet_from": "22:00",
        "quiet_until": "08:00",
        "timezone": "",
        "census_returned:email": "on",
        **more,
    }


def test_the_settings_are_saved_with_a_trace(client, person):
    answer = client.post(SETTINGS, answers(digest="daily", digest_at="18:30", quiet="", timezone="Asia/Omsk"))
    assert answer.headers["Location"] == SETTINGS
    wishes = NotificationSettings.objects.get(user=person)
    assert (wishes.digest, wishes.digest_at, wishes.timezone) == ("daily", time(18, 30), "Asia/Omsk")
    assert (wishes.quiet_from, wishes.quiet_until) == (None, None)
    assert "census_approved:email" in wishes.muted
    assert "census_returned:email" not in wishes.muted
    assert Revision.objects.filter(action="save-notifications").count() == 1


@pytest.mark.parametrize("usual", [[time(22), time(8)], []], ids=["usual", "never usual"])
def test_quiet_hours_switched_off_come_back_with_the_usual_ones(client, person, settings, usual):
    settings.QUIET_HOURS = usual
    client.post(SETTINGS, answers(quiet="", quiet_from="", quiet_until=""))
    page = page_of(client, SETTINGS)
    assert 'value="22:00"' in page
    assert 'value="08:00"' in page


@pytest.mark.parametrize(
    "wrong",
    [{"quiet_from": ""}, {"quiet_from": "25:99"}, {"quiet_until": "22:00"}, {"timezone": "Mars/Base"}],
)
def test_a_refused_form_keeps_everything_and_changes_nothing(client, person, wrong):
    page = client.post(SETTINGS, answers(digest="weekly", digest_at="19:45", **wrong)).content.decode()
    assert "data-error-summary" in page
    assert 'value="19:45"' in page
    assert re.search(r'value="weekly"[^>]*checked', page)
    assert re.findall(r'name="(\w+:email)"[^>]*checked', page) == ["census_returned:email"]
    assert not NotificationSettings.objects.exists()


def test_staff_kinds_are_offered_to_staff_and_ways_to_whom_they_lead(client, person, settings):
    settings.TELEGRAM_TOKEN = "1:token"
    page = page_of(client, SETTINGS)
    assert "queue_norm:email" not in page
    assert "census_approved:telegram" not in page
    TelegramChat.objects.create(user=person, chat=5)
    assert "census_approved:telegram" in page_of(client, SETTINGS)
    client.force_login(f.coordinator())
    assert "queue_norm:email" in page_of(client, SETTINGS)


def test_a_digest_refused_by_a_link_has_its_way_back(client, person):
    NotificationSettings.objects.create(user=person, digest="daily", muted=["digest:email"])
    assert re.search(r'name="digest:email"(?![^>]*checked)', page_of(client, SETTINGS))
    client.post(SETTINGS, answers(digest="daily", **{"digest:email": "on"}))
    assert "digest:email" not in NotificationSettings.objects.get(user=person).muted


def test_the_page_is_reached_from_the_settings_and_from_the_inbox(client, person):
    for address in ("/accounts/settings/", "/inbox/"):
        assert f'href="{SETTINGS}"' in page_of(client, address)


# --- one click out ---------------------------------------------------------------------------------


def test_a_look_asks_a_post_does_and_another_takes_it_back(person):
    address, stranger = unsubscribe_path(person, "census_approved"), Client(enforce_csrf_checks=True)
    assert "Не получать таких писем?" in page_of(stranger, address)
    assert not NotificationSettings.objects.exists()
    done = stranger.post(address, {"List-Unsubscribe": "One-Click"}).content.decode()
    assert "Больше не пришлём" in done
    assert NotificationSettings.objects.get().muted == ["census_approved:email"]
    back = stranger.post(address, {"back": "1"}).content.decode()
    assert "Снова присылаем" in back
    assert NotificationSettings.objects.get().muted == []
    assert list(Revision.objects.order_by("pk").values_list("action", flat=True)) == ["mute", "unmute"]
    assert person.email not in done + back


def test_a_foreign_altered_or_revoked_link_leads_nowhere(client, person):
    address = unsubscribe_path(person, "census_approved")
    altered = address[:-3] + ("a" if address[-3] != "a" else "b") + address[-2:]
    for wrong in (altered, "/unsubscribe/WzEsIngiLDBd:1a:b/", "/unsubscribe/x/"):
        assert client.get(wrong).status_code == 404
        assert client.post(wrong).status_code == 404
    assert client.post("/accounts/notifications/links/").headers["Location"] == SETTINGS
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
    assert NotificationSettings.objects.get().muted == []
    assert Revision.objects.filter(action="revoke-letter-links").count() == 1
