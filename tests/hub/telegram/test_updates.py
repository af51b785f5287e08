"""What people write to the bot: heeded once however often the poller dies, answered in the chat."""

import pytest
from celery import Celery
from django.db import OperationalError, connection

from hub.celery import listen_to_the_bot
from hub.models import Revision, TelegramChat
from hub.tasks import telegram_updates
from hub.telegram import updates
from hub.telegram.linking import code_of, make_code, take_code
from hub.telegram.updates import poll
from tests import factories as f
from tests.at_once import at_once
from tests.telegram_api import TOKEN, error

pytestmark = pytest.mark.django_db


def code_for(user) -> str:
    return code_of(make_code(user, by=user))


def linked(chat: int = 77):
    user = f.UserFactory()
    take_code(code_for(user), chat)
    return user


def chats() -> dict[int, int | None]:
    return dict(TelegramChat.objects.values_list("user", "chat"))


def test_a_code_from_the_link_is_answered_and_confirmed(api):
    user = f.UserFactory()
    api.write(77, f"/start {code_for(user)}")
    telegram_updates()
    assert chats() == {user.pk: 77}
    [answer] = api.said_to(77)
    assert answer.startswith("Подключено.")
    assert api.updates == []
    telegram_updates()
    assert len(api.sent) == 1


def test_an_answer_is_in_the_persons_language(api):
    user = f.UserFactory(language="en")
    api.write(77, f"/start {code_for(user)}")
    poll()
    assert "Подключено" not in api.said_to(77)[0]


@pytest.mark.parametrize("text", ["/start чужой-код", "/start 00000000-0000"])
def test_a_wrong_code_says_what_to_do(api, text):
    api.write(77, text)
    poll()
    assert "нажмите «Подключить Telegram» ещё раз" in api.said_to(77)[0]
    assert chats() == {}


@pytest.mark.parametrize("text", ["/start", "привет", "", "/help@sochi_test_bot"])
def test_a_stranger_hears_how_to_link(api, text):
    api.write(77, text)
    poll()
    assert "Этот чат не подключён" in api.said_to(77)[0]


def test_whoever_is_linked_hears_that_nobody_reads_it(api):
    linked()
    api.write(77, "Спасибо!")
    poll()
    assert "ответов здесь никто не читает" in api.said_to(77)[0]


@pytest.mark.parametrize("text", ["/stop", "/STOP", "/stop@sochi_test_bot", " /stop "])
def test_stop_unlinks(api, text):
    user = linked()
    api.write(77, text)
    poll()
    assert chats() == {user.pk: None}
    assert api.said_to(77)[0].startswith("Отключено")
    assert Revision.objects.get(action="telegram-unlink").note == "stop"


def test_blocking_the_bot_unlinks(api):
    user = linked()
    api.block(77)
    poll()
    assert chats() == {user.pk: None}
    assert api.sent == []


def test_a_group_is_told_nothing(api):
    user = f.UserFactory()
    api.write(-100, f"/start {code_for(user)}", kind="supergroup")
    poll()
    assert (chats()[user.pk], api.sent, api.updates) == (None, [], [])


def test_only_the_number_of_the_chat_is_kept(api):
    user = f.UserFactory()
    api.write(77, f"/start {code_for(user)}")
    poll()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM \"{table}\" AS t WHERE t::text ILIKE '%kanareika%'")
            assert cursor.fetchone()[0] == 0, table


@pytest.mark.parametrize(
    "odd",
    [
        {"edited_message": {}},
        {"message": {}},
        {"my_chat_member": {}},
        {"message": "?"},
        {"message": {"chat": 1}},
    ],
)
def test_an_update_of_an_unknown_shape_stands_in_nobodys_way(api, odd):
    user = linked()
    api.push(**odd)
    api.write(77, "/stop")
    poll()
    assert chats() == {user.pk: None}
    assert api.updates == []


# --- dying in between ------------------------------------------------------------------------------


def test_what_was_not_written_down_is_not_confirmed(api, monkeypatch):
    user = f.UserFactory()
    api.write(77, f"/start {code_for(user)}")

    def down(code, chat):
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(updates, "take_code", down)
        with pytest.raises(OperationalError):
            poll()
    assert len(api.updates) == 1
    poll()
    assert chats() == {user.pk: 77}


def test_dying_before_the_answer_costs_neither_link_nor_answer(api):
    user = f.UserFactory()
    api.write(77, f"/start {code_for(user)}")
    api.fault = lambda method, params: "cut" if method == "sendMessage" else None
    poll()
    assert chats() == {user.pk: 77}
    assert len(api.updates) == 1
    api.fault = lambda method, params: None
    poll()
    assert api.said_to(77)[0].startswith("Подключено")
    assert api.updates == []
    assert Revision.objects.filter(action="telegram-link").count() == 1


def test_dying_before_the_confirmation_changes_nothing_the_second_time(api):
    """Linked, stopped, linked anew: heeding the last one again must not bring back what was before."""
    user = linked()
    api.write(77, "/stop")
    api.write(77, f"/start {code_for(user)}")
    asked = []

    def die_at_the_last(method, params):
        asked.append(method)
        return "cut" if method == "getUpdates" and asked.count("getUpdates") == 3 else None

    api.fault = die_at_the_last
    poll()
    assert len(api.updates) == 1
    api.fault = lambda method, params: None
    poll()
    # The stop voided the code: both times the answer is the same.
    assert chats() == {user.pk: None}
    assert api.said_to(77)[1] == api.said_to(77)[2]


@pytest.mark.parametrize(
    "fault",
    [
        error(409, "Conflict: terminated by other getUpdates request"),
        error(401, "Unauthorized"),
        error(502, "Bad Gateway"),
        error(429, "Too Many Requests", retry_after=40),
        "cut",
        "page",
    ],
)
def test_a_telegram_that_does_not_answer_is_asked_again_later(api, fault, caplog):
    linked()
    api.write(77, "/stop")
    api.fault = lambda method, params: fault
    assert poll() == 0
    assert "telegram_away" in caplog.text
    assert TOKEN not in caplog.text
    api.fault = lambda method, params: None
    assert poll() == 1


def test_a_flood_of_messages_stops_nobody_else(api):
    user = linked(78)
    api.write(77, "привет")
    api.write(78, "/stop")
    api.fault = lambda method, params: (
        error(429, "Too Many Requests", retry_after=900) if params.get("chat_id") == 77 else None
    )
    assert poll() == 2
    assert chats() == {user.pk: None}


def test_a_shift_ends_and_the_rest_waits(api, monkeypatch):
    monkeypatch.setattr(updates, "SHIFT", 0)
    api.write(77, "привет")
    assert poll() == 0
    assert len(api.updates) == 1


@pytest.mark.django_db(transaction=True)
def test_pollers_at_once_heed_everything_once(api):
    people = [f.UserFactory() for _ in range(10)]
    for number, user in enumerate(people):
        api.write(1000 + number, f"/start {code_for(user)}")

    def again_and_again():
        for _time in range(6):
            poll()

    at_once(*[again_and_again] * 4)
    poll()
    assert chats() == {user.pk: 1000 + number for number, user in enumerate(people)}
    assert Revision.objects.filter(action="telegram-link").count() == 10
    assert all("Подключено" in message["text"] for message in api.sent)


# --- no bot ----------------------------------------------------------------------------------------


def test_the_clock_asks_only_where_there_is_a_bot(api, settings):
    for token, names in (("", []), (TOKEN, ["telegram-updates"])):
        settings.TELEGRAM_TOKEN = token
        clock = Celery("clock", set_as_current=False)
        listen_to_the_bot(clock)
        assert list(clock.conf.beat_schedule) == names


def test_without_a_token_nothing_is_asked(api, settings):
    settings.TELEGRAM_TOKEN = ""
    telegram_updates()
    assert api.calls == []
