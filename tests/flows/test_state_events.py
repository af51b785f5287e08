"""The city asks, a community helps, the figure grows; a leader speaks elsewhere, so does another; officials subscribe."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from events.models import Event, StateEventSupport, Talk
from hub.choices import RoleKind
from hub.models import Notification
from reports.actions import record_indicators
from reports.kpis import state_events_supported, talks_given
from reports.models import Datum
from tests import factories as f
from tests.architecture.cast import picture
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db

MOSCOW = ZoneInfo("Europe/Moscow")


def told(user):
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def on(day, hour=10):
    return time_machine.travel(datetime(2026, 11, day, hour, tzinfo=MOSCOW), tick=False)


def test_a_state_event_is_supported_and_counts():
    with on(2):
        branch = f.BranchFactory()
        official = f.staff(RoleKind.ADMINISTRATION, branch, name="Сергей Беляев")
        boss = f.coordinator(branch, name="Марина Гегечкори")
        walks = f.approved(name="Тропа 862").community
        ann = walks.stewardships.get().user

        # The administration writes the event down with the help that it needs; no community holds it.
        city = Visitor(official).open("/state-events/desk/").open("/state-events/desk/new/")
        answers = {"title": "День матери", "day": "2026-11-14", "start": "11:00", "end": "15:00"}
        asked = {
            "help_kinds": ["volunteers", "hosts"],
            "help_text": "Десять человек",
            "help_until": "2026-11-12",
        }
        city.send(**answers, **asked, repeats="no", is_free="on", asks="on")
        assert city.sees("День матери", "волонтёры, ведущие и экскурсоводы", "Десять человек")
        city.send()
        event = Event.objects.get(title="День матери")
        assert (event.is_state, list(event.organisers.all())) == (True, [])

        # The coordinator lets it out, and trusts the administration from now on.
        queue = Visitor(boss).open("/queue/?kind=event").send("administration/trust")
        queue.open("/queue/?kind=event").send("decide", press=("do", "approve"))
        assert told(ann) == ["support_asked"]

        # The leader finds it among her tasks and offers help.
        leader = Visitor(ann).open("/cabinet/")
        assert leader.sees("Поддержите город: «День матери»", "до 12.11.2026")
        assert Visitor().open("/state-events/").sees("День матери", "Волонтёры", "Поддержать")
        leader.open(f"/cabinet/state-events/{event.pk}/support/")
        leader.send(kinds=["volunteers"], how="Восемь волонтёров на вход", people="8")
        assert leader.sees("Ждёт ответа", "Восемь волонтёров")
        assert told(official)[-1] == "support_offered"

        # The administration accepts with a word; the city sees who helps.
        city.open(f"/state-events/desk/{event.pk}/")
        city.send("answer", press=("do", "accept"), answer="Сбор в 9:30 у арки")
        assert told(ann)[-1] == "support_answered"
        assert Visitor().open(event.get_absolute_url()).sees("Государственное", "Тропа 862")
        support = StateEventSupport.objects.get()
        leader.open(f"/cabinet/supports/{support.pk}/")
        assert leader.sees("Помощь приняли", "Сбор в 9:30 у арки")
        assert "Покажите, как помогли" not in leader.text

    with on(15):
        # The event is over: she shows what was done, with a photo.
        assert state_events_supported.count(branch, 2026) == 0
        assert leader.open("/cabinet/").sees("Покажите, как помогли: «День матери»")
        photo = SimpleUploadedFile("вход.png", picture(), "image/png")
        leader.open(f"/cabinet/supports/{support.pk}/").send(report="Встретили 900 гостей", photo=[photo])
        assert leader.sees("Проверяет координатор")

        # The coordinator finds it in the one queue, looks at the photo and confirms.
        queue.open("/queue/?kind=support")
        assert queue.sees("День матери", "Встретили 900 гостей", "Восемь волонтёров")
        support.refresh_from_db()
        assert queue.client.get(support.photo.url).status_code == 200
        queue.send("decide", press=("do", "approve"))
        assert told(ann)[-1] == "support_confirmed"

        # The figure counts the event and opens down to the proof; the day's measurement says so too.
        assert state_events_supported.count(branch, 2026) == 1
        queue.open("/reports/kpi/?figure=state_events_supported")
        assert queue.sees("Поддержка государственных событий по месяцам")
        assert queue.open("/reports/kpi/state_events_supported/").sees("1 запись", "День матери", "Тропа 862")
        queue.open(f"/reports/kpi/state_events_supported/{event.pk}/")
        assert queue.sees(
            "Встретили 900 гостей", "Предложили помощь", "Администрация приняла помощь", str(boss)
        )
        record_indicators()
        assert Datum.objects.get(indicator__code="state_events_supported", branch=branch).value == 1


def test_a_talk_is_told_of_returned_mended_and_counts():
    with on(20):
        branch, boss = f.BranchFactory(), f.coordinator(name="Марина Гегечкори")
        walks = f.approved(name="Тропа 862").community
        ann = walks.stewardships.get().user
        leader = Visitor(ann).open("/cabinet/talks/new/")
        said = {"topic": "Тропы без бульдозера", "date": "2026-11-18", "stage": "Форум «Сообщество»"}
        leader.send(**said, place="Москва, ВДНХ", link="vk.com/forum")
        talk = Talk.objects.get()
        assert (talk.speaker, talk.user, talk.date) == (ann.name, ann, date(2026, 11, 18))

        queue = Visitor(boss).open("/queue/?kind=talk")
        assert queue.sees("Тропы без бульдозера", ann.name, "Москва, ВДНХ")
        queue.send("decide", press=("do", "return"), reason="Нужна программа с вашим именем")
        assert leader.open("/cabinet/").sees("Дополните выступление: «Тропы без бульдозера»")
        leader.open(f"/cabinet/talks/{talk.pk}/")
        assert leader.sees("Нужна программа с вашим именем")
        leader.send(link="vk.com/forum-programma")
        queue.open("/queue/?kind=talk").send("decide", press=("do", "approve"))

        assert told(ann) == ["talk_returned", "talk_approved"]
        assert talks_given.count(branch, 2026) == 1
        assert queue.open("/reports/kpi/talks_given/").sees("1 запись", "Тропы без бульдозера", ann.name)
        page = Visitor().open(walks.get_absolute_url())
        assert page.sees("Выступления", "Тропы без бульдозера")
        assert ann.name not in page.text  # she has not said that the city may read it


def test_an_official_subscribes_to_what_the_city_holds():
    official = f.staff(RoleKind.ADMINISTRATION)
    city = f.state_event(title="День города")
    f.published(title="Спевка хора")
    desk = Visitor(official).open("/state-events/desk/")
    assert desk.sees("День города", "Яндекс Календарь", "Google", "Apple")
    assert "/calendar.ics?state=true" in desk.html
    feed = desk.client.get("/calendar.ics?state=true")
    text = b"".join(feed).decode()
    assert (city.title in text, "Спевка хора" in text) == (True, False)
