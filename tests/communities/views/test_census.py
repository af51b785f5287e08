"""The questionnaire over HTTP: every way out saves, nothing typed is lost, nobody else gets in."""

from __future__ import annotations

import io
import json
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse
from PIL import Image

from communities.actions import census
from communities.forms.census import CHECK, STEPS, ContactsForm
from communities.models import CensusRecord, Community, Contact, FieldDecision
from hub import consents
from hub.approvals import move
from hub.choices import ConsentKind, State
from tests.factories import (
    BranchFactory,
    CityFactory,
    CommunityFactory,
    DistrictFactory,
    RoundFactory,
    StewardshipFactory,
    UserFactory,
    approved,
    coordinator,
    draft,
    submitted,
)

pytestmark = pytest.mark.django_db
HTML = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


@pytest.fixture
def leader(client):
    user = UserFactory()
    consents.give(user, ConsentKind.PROCESSING, channel="test")
    client.force_login(user)
    return user


@pytest.fixture
def record(leader):
    return draft(leader)


def address(record, step="essence"):
    return reverse("census-step", args=[record.pk, step])


def sent(client, record, step="essence", **changes):
    """What a browser would send from the step's page as it stands, with `changes`."""
    page = client.get(address(record, step)).content.decode()
    form = page[page.index("data-census=") :]
    data: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]+>", form[: form.index("</form>")]):
        attrs = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        kind = attrs.get("type", "text")
        if kind in ("radio", "checkbox") and " checked" not in tag:
            continue
        if kind not in ("file", "submit") and "name" in attrs:
            data.setdefault(attrs["name"], []).append(
                attrs.get("value", "on" if kind in ("radio", "checkbox") else "")
            )
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        data[name] = [unescape(text)]
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        data[name] = re.findall(r'value="([^"]*)" selected', options)
    return {**data, **changes}


def picture(size=(40, 30), form="PNG") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form)
    return SimpleUploadedFile("photo.png", out.getvalue(), "image/png")


class TestWaysOut:
    @pytest.mark.parametrize(
        ("do", "where"),
        [("next", "people"), ("back", "essence"), ("skip", "people"), ("stay", "essence")],
    )
    def test_every_button_saves(self, client, record, do, where):
        response = client.post(address(record), sent(client, record, name="Ёжики 🦔", do=do))
        assert response.url == address(record, where)
        record.refresh_from_db()
        assert record.name == "Ёжики 🦔"

    def test_save_and_exit_leads_to_the_cabinet(self, client, record):
        assert client.post(address(record), sent(client, record, do="exit")).url == reverse("cabinet")

    def test_all_steps_answered_in_turn_can_be_submitted(self, client, leader):
        district = DistrictFactory()
        RoundFactory(branch=district.city.branch)
        started = client.post(reverse("census-start"))
        record = CensusRecord.objects.get()
        assert started.url == address(record)
        answers = {
            "essence": {"name": "Чайная среда", "short": "Пьём чай", "directions_main": "culture"},
            "people": {"participants": "1 200"},
            "meetings": {"format": "live", "district": str(district.pk), "place": "Дагомыс"},
        }
        for step in STEPS:
            response = client.post(address(record, step.slug), {"do": "next", **answers.get(step.slug, {})})
            assert response.status_code == 302, step.slug
        assert response.url == address(record, CHECK)
        assert client.get(response.url).status_code == 200
        assert client.post(reverse("census-submit", args=[record.pk])).url == reverse("cabinet")
        record.refresh_from_db()
        assert (record.state, record.participants, record.city) == (State.SUBMITTED, 1200, district.city)
        assert record.community.slug == "chainaia-sreda"

    def test_an_empty_step_says_what_is_missing_but_may_be_left(self, client, leader):
        record = draft(leader, name="", short="", directions=[])
        page = client.post(address(record), sent(client, record, do="next"))
        assert page.status_code == 200
        assert "Напишите, как называется сообщество" in page.content.decode()
        assert client.post(address(record), sent(client, record, do="skip")).url == address(record, "people")

    def test_an_empty_record_is_not_submitted(self, client, leader):
        record = draft(leader, name="")
        assert client.post(reverse("census-submit", args=[record.pk])).url == address(record, CHECK)
        record.refresh_from_db()
        assert record.state == State.DRAFT

    def test_sent_twice_is_one_submission_and_a_kind_word(self, client, record):
        url = reverse("census-submit", args=[record.pk])
        client.post(url)
        page = client.post(url, follow=True)
        assert page.status_code == 200
        assert "второй раз не нужно" in page.content.decode()


class TestBadInput:
    def test_a_name_of_10_000_letters_is_kept_and_told(self, client, record):
        long = "Ё" * 10_000
        page = client.post(address(record), sent(client, record, name=long, short="Коротко")).content.decode()
        assert "Слишком длинно" in page
        assert long in page
        record.refresh_from_db()
        assert record.short == "Коротко"
        # Another day, another device: it is still there, with its error.
        again = client.get(address(record)).content.decode()
        assert long in again
        assert "Слишком длинно" in again

    @pytest.mark.parametrize("step", [step.slug for step in STEPS])
    def test_html_in_every_field_is_only_text(self, client, record, step):
        data = sent(client, record, step)
        keep = ("csrfmiddlewaretoken", "base", "version", "step", "do")
        data = {name: value if name in keep else HTML for name, value in data.items()}
        for page in (client.post(address(record, step), data), client.get(address(record, step))):
            assert "<script>alert" not in page.content.decode()
            assert "<img src=x" not in page.content.decode()

    def test_html_does_not_break_the_check_and_the_preview(self, client, leader):
        texts = dict.fromkeys(
            ("name", "short", "description", "place", "goals", "dream", "schedule"), HTML[:100]
        )
        record = draft(leader, **texts, offers=[{"kind": "room", "text": HTML}])
        for url in (address(record, CHECK), reverse("census-preview", args=[record.pk]), reverse("cabinet")):
            page = client.get(url)
            assert page.status_code == 200
            assert "<script>alert" not in page.content.decode()

    def test_nul_letters_do_no_harm(self, client, record):
        client.post(address(record), sent(client, record, name="Тро\x00па"))
        record.refresh_from_db()
        assert record.name == "Тропа"

    @pytest.mark.parametrize(
        ("step", "field", "typed", "told"),
        [
            ("essence", "founded", "3000", "ещё не наступил"),
            ("essence", "founded", "давно", "цифрами"),
            ("people", "participants", "много", "цифрами"),
            ("meetings", "lat", "91,5", "далеко от города"),
            ("contacts", "vk", "https://evil.example/x", "vk.com"),
            ("contacts", "site", "javascript:alert(1)", "не похоже на адрес"),
        ],
    )
    def test_a_wrong_answer_is_told_and_kept(self, client, record, step, field, typed, told):
        page = client.post(
            address(record, step), sent(client, record, step, **{field: typed})
        ).content.decode()
        assert told in page
        assert typed in client.get(address(record, step)).content.decode()

    def test_a_broken_base_and_version_are_survived(self, client, record):
        data = sent(client, record, base="{not json", version="x" * 50, name="Новое")
        assert client.post(address(record), data).status_code == 302
        record.refresh_from_db()
        assert record.name == "Новое"


class TestTwoTabs:
    def test_different_fields_merge(self, client, record):
        first, second = sent(client, record, name="Из первой"), sent(client, record, short="Из второй")
        client.post(address(record), first)
        assert client.post(address(record), second).status_code == 302
        record.refresh_from_db()
        assert (record.name, record.short) == ("Из первой", "Из второй")

    @pytest.mark.parametrize(("keep", "name"), [("mine", "Из второй"), ("theirs", "Из первой")])
    def test_the_same_field_asks_which_to_keep(self, client, record, keep, name):
        first, second = sent(client, record, name="Из первой"), sent(client, record, name="Из второй")
        client.post(address(record), first)
        page = client.post(address(record), second)
        assert page.status_code == 409
        text = page.content.decode()
        assert "кто-то изменил" in text
        assert "Из первой" in text
        assert "Из второй" in text
        record.refresh_from_db()
        assert record.name == "Из первой"
        seen = unescape(re.search(r'name="seen_name" value="([^"]*)"', text)[1])
        chosen = {**second, "keep_name": keep, "seen_name": seen}
        assert client.post(address(record), chosen).status_code == 302
        record.refresh_from_db()
        assert record.name == name


class TestAutosave:
    def save(self, client, record, data):
        return client.post(reverse("census-autosave", args=[record.pk]), data)

    def test_saves_and_says_when(self, client, record):
        answer = self.save(client, record, sent(client, record, name="На лету")).json()
        record.refresh_from_db()
        assert record.name == "На лету"
        assert re.fullmatch(r"сохранено \d\d:\d\d", answer["text"])
        assert answer["base"] == {"name": "На лету"}
        assert answer["conflicts"] == []

    def test_saving_twice_from_one_page_is_no_conflict(self, client, record):
        data = sent(client, record, name="Раз")
        base = json.loads(data["base"][0]) | self.save(client, record, data).json()["base"]
        answer = self.save(client, record, {**data, "name": "Два", "base": json.dumps(base)}).json()
        assert answer["conflicts"] == []
        record.refresh_from_db()
        assert record.name == "Два"

    def test_names_what_another_tab_changed(self, client, record):
        first, second = sent(client, record, name="Из первой"), sent(client, record, name="Из второй")
        self.save(client, record, first)
        assert self.save(client, record, second).json()["conflicts"] == ["Как вы называетесь?"]
        record.refresh_from_db()
        assert record.name == "Из первой"

    def test_a_lost_session_is_told_not_redirected(self, client, record):
        data = sent(client, record, name="Потеряно?")
        client.logout()
        answer = self.save(client, record, data)
        assert answer.status_code == 401
        assert "сохранён в этом браузере" in answer.json()["message"]

    def test_a_submitted_record_is_told(self, client, record):
        data = sent(client, record, name="Поздно")
        census.submit_record(record, by=record.community.stewardships.get().user)
        assert self.save(client, record, data).status_code == 409

    @override_settings(
        CACHES={"default": {"BACKEND": "hub.cache.ForgivingRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}}
    )
    def test_works_without_redis(self, client, record):
        assert self.save(client, record, sent(client, record, name="Без Redis")).status_code == 200


class TestSubmittedMeanwhile:
    def test_the_page_keeps_the_words_and_offers_to_withdraw(self, client, record):
        data = sent(client, record, name="Правка вдогонку")
        census.submit_record(record, by=record.community.stewardships.get().user)
        page = client.post(address(record), data)
        assert page.status_code == 409
        assert "Правка вдогонку" in page.content.decode()
        assert "Отозвать анкету и сохранить" in page.content.decode()
        client.post(address(record), {**data, "do": "withdraw"})
        record.refresh_from_db()
        assert (record.state, record.name) == (State.DRAFT, "Правка вдогонку")

    def test_a_submitted_record_opens_as_it_will_be_seen(self, client, leader):
        record = submitted(leader)
        assert client.get(address(record)).url == reverse("census-preview", args=[record.pk])
        assert (
            "Отозвать и поправить" in client.get(reverse("census-preview", args=[record.pk])).content.decode()
        )
        client.post(reverse("census-withdraw", args=[record.pk]))
        record.refresh_from_db()
        assert record.state == State.DRAFT


class TestReturned:
    def test_reasons_stand_by_their_fields_until_mended(self, client, record):
        record = census.submit_record(record, by=record.community.stewardships.get().user)
        judge = UserFactory()
        FieldDecision.objects.create(
            record=record, field="place", accepted=False, reason="Закрытый двор", by=judge
        )
        move(record, "return", by=judge)
        assert "Закрытый двор" in client.get(address(record, "meetings")).content.decode()
        assert "Закрытый двор" in client.get(address(record, CHECK)).content.decode()
        client.post(address(record, "meetings"), sent(client, record, "meetings", place="Новый вход"))
        assert "Поправлено" in client.get(address(record, "meetings")).content.decode()
        assert "Закрытый двор" not in client.get(address(record, CHECK)).content.decode()


class TestPictures:
    def test_logo_and_photos_are_taken_with_the_answers(self, client, record, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        data = sent(client, record, name="С фото", do="photos") | {"photo_files": [picture(), picture()]}
        assert client.post(address(record), data | {"logo_file": picture()}).status_code == 302
        record.refresh_from_db()
        assert record.name == "С фото"
        assert record.logo.width == record.logo.height
        assert record.photos.count() == 2
        second = record.photos.last()
        client.post(address(record), sent(client, record, do=f"photo-first:{second.pk}"))
        assert record.photos.first() == second
        client.post(address(record), sent(client, record, do=f"photo-remove:{second.pk}"))
        client.post(address(record), sent(client, record, do="logo-remove"))
        record.refresh_from_db()
        assert (record.photos.count(), record.logo) == (1, None)

    @pytest.mark.parametrize("fault", ["pixels", "lie", "empty"])
    def test_a_bad_file_is_told_and_harms_nothing_else(self, client, record, settings, tmp_path, fault):
        settings.MEDIA_ROOT = tmp_path
        file = {
            "pixels": lambda: picture((10_000, 6_000)),
            "lie": lambda: SimpleUploadedFile("logo.png", b"<svg onload=alert(1)></svg>", "image/png"),
            "empty": lambda: SimpleUploadedFile("logo.png", b"", "image/png"),
        }[fault]()
        page = client.post(address(record), sent(client, record, name="Имя цело") | {"logo_file": file})
        record.refresh_from_db()
        assert (record.name, record.logo) == ("Имя цело", None)
        if fault != "empty":  # a form without a file and one with an empty file are the same to a browser
            assert page.status_code == 200
            assert "hub-error" in page.content.decode()


class TestContacts:
    def test_boxes_are_unticked_until_ticked(self, client, record):
        form = ContactsForm(record=record, stewardship=record.community.stewardships.get())
        assert not any(form[f"public_{kind}"].value() for kind in ("phone", "email", "telegram", "vk"))
        data = sent(client, record, "contacts", contact_phone="8 862 200-12-34", contact_telegram="@tropa862")
        client.post(
            address(record, "contacts"),
            data | {"public_telegram": "on", "telegram": "t.me/club", "vk": "tropa"},
        )
        assert set(Contact.objects.values_list("kind", "value", "is_public")) == {
            ("phone", "+78622001234", False),
            ("telegram", "https://t.me/tropa862", True),
        }
        record.refresh_from_db()
        assert (record.telegram, record.vk) == ("https://t.me/club", "https://vk.com/tropa")
        client.post(address(record, "contacts"), {**sent(client, record, "contacts"), "public_telegram": []})
        assert not Contact.objects.published().exists()

    def test_who_has_not_consented_is_asked(self, client):
        user = UserFactory()
        client.force_login(user)
        record = draft(user)
        client.post(address(record, "contacts"), sent(client, record, "contacts"))
        assert not consents.is_given(user, ConsentKind.PROCESSING)
        client.post(address(record, "contacts"), sent(client, record, "contacts", consent="on"))
        assert consents.is_given(user, ConsentKind.PROCESSING)


class TestStrangers:
    URLS = (
        "census-step",
        "census-autosave",
        "census-preview",
        "census-submit",
        "census-withdraw",
        "census-discard",
    )

    def open(self, client, name, record):
        args = [record.pk, "essence"] if name == "census-step" else [record.pk]
        return (
            client.post(reverse(name, args=args))
            if "preview" not in name
            else client.get(reverse(name, args=args))
        )

    @pytest.mark.parametrize("name", URLS)
    def test_another_leader_is_refused(self, client, leader, name):
        assert self.open(client, name, draft()).status_code == 403

    @pytest.mark.parametrize("name", URLS)
    def test_another_branch_has_no_such_record(self, client, leader, name):
        far = BranchFactory(slug="perm", name="Пермь")
        city = CityFactory(branch=far, name="Пермь")
        foreign = draft(leader, CommunityFactory(branch=far), district=DistrictFactory(city=city))
        BranchFactory()
        assert self.open(client, name, foreign).status_code == 404

    @pytest.mark.parametrize("name", URLS)
    def test_who_is_not_signed_in_is_asked_to(self, client, name):
        response = self.open(client, name, draft())
        assert response.status_code == (401 if name == "census-autosave" else 302)

    def test_an_editor_writes_but_does_not_submit(self, client, record):
        editor = StewardshipFactory(community=record.community, role="editor").user
        client.force_login(editor)
        assert client.get(address(record)).status_code == 200
        assert client.post(reverse("census-submit", args=[record.pk])).status_code == 403

    def test_the_coordinator_looks_at_what_was_sent_and_writes_nothing(self, client, record):
        client.force_login(coordinator())
        assert client.get(reverse("census-preview", args=[record.pk])).status_code == 403
        assert client.get(reverse("census-preview", args=[submitted().pk])).status_code == 200
        assert client.get(address(record)).status_code == 403

    def test_an_unknown_step_is_not_found(self, client, record):
        assert client.get(address(record, "nothing")).status_code == 404


class TestStart:
    def test_a_visitor_reads_what_it_takes(self, client):
        BranchFactory()
        page = client.get(reverse("census-start")).content.decode()
        assert "семь коротких шагов" in page
        assert client.post(reverse("census-start")).url.startswith(reverse("account_login"))

    def test_without_a_round_says_so(self, client, leader):
        BranchFactory()
        page = client.post(reverse("census-start"), follow=True)
        assert "ещё не открыта" in page.content.decode()

    def test_two_clicks_make_one_community(self, client, leader):
        RoundFactory()
        for _click in range(2):
            client.post(reverse("census-start"))
        assert Community.objects.count() == 1


class TestRound:
    def test_nothing_changed_is_one_click(self, client, leader):
        record = approved(leader)
        RoundFactory(branch=record.community.branch, year=2027)
        assert "Ничего не изменилось" in client.get(reverse("cabinet")).content.decode()
        client.post(reverse("census-confirm", args=[record.community.slug]))
        record.community.refresh_from_db()
        assert record.community.current.round.year == 2027
        assert "Ничего не изменилось" not in client.get(reverse("cabinet")).content.decode()

    def test_something_changed_opens_a_filled_copy(self, client, leader):
        record = approved(leader)
        response = client.post(reverse("census-edit", args=[record.community.slug]))
        edit = CensusRecord.objects.get(state=State.DRAFT)
        assert response.url == address(edit)
        assert record.name in client.get(response.url).content.decode()


def test_a_base_of_endless_brackets_is_survived(client, record):
    answer = client.post(
        reverse("census-autosave", args=[record.pk]),
        {"step": "essence", "version": 1, "base": "[" * 100_000, "name": "Тропа"},
    )
    assert answer.status_code == 200


def test_words_typed_into_a_draft_deleted_elsewhere_stay_on_the_page(client, record, monkeypatch):
    known = census.save_answers

    def too_late(row, *args, **kwargs):
        CensusRecord.objects.filter(pk=row.pk).delete()
        return known(row, *args, **kwargs)

    monkeypatch.setattr(census, "save_answers", too_late)
    answer = client.post(address(record), {"version": 1, "name": "Набранное имя", "do": "next"})
    assert answer.status_code == 409
    assert "Набранное имя" in answer.content.decode()
