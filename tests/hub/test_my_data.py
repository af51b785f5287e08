"""A person's data: every column spoken for, all of it handed out, none of it left."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from communities.models import CensusRecord, Claim, Contact, ImportBatch, ImportRow, Invitation, Stewardship
from communities.notifications import CLAIM_APPROVED, QUEUE_NORM
from hub import consents, my_data, outbox
from hub.choices import ConsentKind, DeliveryState, RoleKind
from hub.models import Delivery, Erasure, Revision, TelegramChat, User
from hub.uploads import store_document
from tests import factories as f

pytestmark = pytest.mark.django_db
EMAIL = "kanareika-862@example.org"
PHONE = "+79881112233"
NAME = "Канарейка Желтопёрая"
CHAT = 798811122330862
#: However it is written, none of it may be left.
TRACES = ("канарейка", "kanareika", "79881112233", "желтопёр", str(CHAT))


def test_every_column_is_spoken_for():
    assert [column for model in apps.get_models() for column in my_data.unspoken(model)] == []


def test_a_column_that_nobody_spoke_for_is_found():
    spoken = my_data._not_personal.pop("communities.searchword")
    try:
        assert "communities.searchword.word" in my_data.unspoken(apps.get_model("communities", "SearchWord"))
    finally:
        my_data._not_personal["communities.searchword"] = spoken


@pytest.fixture
def person(settings, tmp_path):
    """Somebody who left traces everywhere the portal keeps anything."""
    settings.MEDIA_ROOT = tmp_path / "media"
    branch = f.BranchFactory()
    user = f.UserFactory(email=EMAIL, name=NAME, phone=PHONE)
    f.h.Role.objects.create(user=user, role=RoleKind.COORDINATOR, branch=branch)
    f.second_factor(user)
    user.emailaddress_set.create(email=f"second-{EMAIL}")
    SocialAccount.objects.create(user=user, provider="vk", uid="1", extra_data={"name": NAME})
    consents.give(user, ConsentKind.PROCESSING, channel="signup")

    record = f.approved(
        user, description=f"Пишите: {EMAIL.upper()}", offers=[{"kind": "people", "text": NAME}]
    )
    stewardship = record.community.stewardships.get()
    contact = Contact.objects.create(stewardship=stewardship, kind="phone", value=PHONE, is_public=True)
    consents.give(user, ConsentKind.CONTACT, subject=f"contact:{contact.pk}", channel="team")
    expires = timezone.now()
    Invitation.objects.create(
        community=record.community,
        token_hash="1" * 64,
        email=EMAIL,
        created_by=f.UserFactory(),
        expires_at=expires,
    )
    proof = store_document(
        SimpleUploadedFile("канарейка.pdf", b"%PDF-1.4 " + NAME.encode() + b"%%EOF"), by=user
    )
    claim = f.imported()
    Claim.objects.create(
        community=claim.community, text=f"Это я, {NAME}", link="https://vk.com/kanareika", proof=proof,
        state="submitted", submitted_by=user, submitted_at=timezone.now(),
    )  # fmt: skip
    batch = ImportBatch.objects.create(branch=branch, filename="t.csv", table=[["Тропа", NAME, EMAIL]])
    ImportRow.objects.create(
        batch=batch,
        branch=branch,
        number=1,
        values={"name": "Тропа", "contact": PHONE},
        fate="new",
        reason=NAME,
    )

    def tell(key, **to):
        outbox.notify(
            CLAIM_APPROVED, key=key, branch=branch, subject=f"О {NAME}", context={"text": NAME}, **to
        )

    TelegramChat.objects.create(user=user, chat=CHAT, linked_at=timezone.now())
    tell("to-them", user=user)
    tell("to-their-address", email=EMAIL)
    tell("about-them", user=f.UserFactory())
    LogEntry.objects.create(
        user=f.UserFactory(), content_type=ContentType.objects.get_for_model(User), object_id=user.pk,
        object_repr=str(user), action_flag=2, change_message=EMAIL,
    )  # fmt: skip
    # A sign-in that waits for its second step: a session that remembers the address.
    Client().post("/accounts/login/", {"login": EMAIL, "password": f.PASSWORD})
    return user


#: How each kind of Redis key is read.
KEPT = {
    b"string": lambda redis, key: redis.get(key),
    b"hash": lambda redis, key: redis.hgetall(key),
    b"list": lambda redis, key: redis.lrange(key, 0, -1),
    b"set": lambda redis, key: redis.smembers(key),
    b"zset": lambda redis, key: redis.zrange(key, 0, -1),
}


def readable(kept: object) -> str:
    """Bytes anywhere inside, as the text they hold."""
    if isinstance(kept, bytes):
        return kept.decode(errors="ignore").lower()
    if isinstance(kept, dict):
        kept = [*kept.items()]
    return " ".join(map(readable, kept)) if isinstance(kept, list | tuple | set) else str(kept).lower()


def traces() -> list[str]:
    """Tables, files and Redis keys in which anything of the person can still be read."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for trace in TRACES:
                cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text ILIKE %s', [f"%{trace}%"])
                if cursor.fetchone()[0]:
                    found.append(f"{table}: {trace}")
    for session in Session.objects.all():
        told = json.dumps(session.get_decoded(), ensure_ascii=False).lower()
        found += [f"django_session: {trace}" for trace in TRACES if trace in told]
    for path in Path(settings.MEDIA_ROOT).rglob("*"):
        if path.is_file() and any(
            trace in path.read_bytes().decode(errors="ignore").lower() for trace in TRACES
        ):
            found.append(str(path))
    redis = cache._cache.get_client()
    for key in redis.scan_iter():
        kept = readable([key, KEPT[redis.type(key)](redis, key)])
        found += [f"Redis {key!r}: {trace}" for trace in TRACES if trace in kept]
    return found


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    client.get("/accounts/settings/")
    return client


def test_what_is_handed_out_covers_every_table_that_holds_something(person):
    sign_in(person)
    told = json.loads(my_data.export(person))
    assert told["hub.user"][0]["email"] == EMAIL
    assert told["hub.user"][0]["phone"] == PHONE
    assert {row["kind"] for row in told["hub.consent"]} == {"processing", "contact"}
    assert told["communities.contact"][0]["value"] == PHONE
    assert told["hub.telegramchat"][0]["chat"] == CHAT
    assert "telegram" in {row["channel"] for row in told["hub.delivery"]}
    assert told["communities.claim"][0]["text"] == f"Это я, {NAME}"
    assert told["hub.upload"][0]["title"] == "канарейка"
    assert {row["email"] for row in told["account.emailaddress"]} == {EMAIL, f"second-{EMAIL}"}
    assert "password" not in json.dumps(told["hub.user"])
    assert "secret" not in json.dumps(told["mfa.authenticator"])


def test_nobody_elses_data_is_handed_out(person):
    stranger = f.UserFactory()
    assert not any(trace in my_data.export(stranger).lower() for trace in TRACES)


def test_after_an_erasure_nothing_tells_who_it_was(person, django_capture_on_commit_callbacks):
    cache.clear()
    sign_in(person)
    cache.set("canary", NAME, 60)
    assert any(found.startswith("Redis") for found in traces())  # we can read what is there
    cache.clear()
    assert {found.split(":")[0] for found in traces()} >= {
        "hub_user", "hub_telegramchat", "hub_notification", "hub_upload", "account_emailaddress",
        "socialaccount_socialaccount", "django_session", "django_admin_log", "communities_contact",
        "communities_invitation", "communities_claim", "communities_censusrecord",
        "communities_importbatch", "communities_importrow",
    }  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        my_data.erase(person, by=person)
    assert traces() == []

    person.refresh_from_db()
    assert person.email == f"erased-{person.pk}@invalid"
    assert not person.is_active
    assert person.erased_at
    assert not person.roles.exists()
    assert not Stewardship.objects.filter(user=person).exists()
    assert not Session.objects.exists()
    assert Erasure.objects.get().person == person.pk
    assert not consents.is_given(person, ConsentKind.PROCESSING)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"skipped"}
    # What the branch must keep is there, and it names nobody.
    assert CensusRecord.objects.get(submitted_by=person, state="approved").description == "Пишите: …"
    assert Revision.objects.filter(action="erase", actor=person).exists()
    assert EmailAddress.objects.filter(user=person).count() == 0


def test_the_registry_knows_that_nobody_leads_any_more(person):
    community = Stewardship.objects.get(user=person).community
    my_data.erase(person, by=person)
    assert not community.stewardships.exists()
    coordinator = f.coordinator()
    page = sign_in(coordinator).get("/registry/?leader=none").content.decode()
    assert CensusRecord.objects.get(community=community).name in page


def test_an_erased_person_is_erased_again_without_harm(person):
    my_data.erase(person, by=person)
    my_data.erase(person, by=None)
    assert Erasure.objects.count() == 1


# --- through the pages ------------------------------------------------------------------------------


def reauthenticate(client: Client) -> None:
    client.post("/accounts/reauthenticate/?next=/accounts/my-data/", {"password": f.PASSWORD})


def test_data_open_only_to_whoever_knows_the_password(person):
    client = sign_in(person)
    for address in ("/accounts/my-data/", "/accounts/my-data/download/", "/accounts/my-data/erase/"):
        assert client.get(address).headers["Location"].startswith("/accounts/reauthenticate/")
    assert client.post("/accounts/my-data/erase/", {"word": "СТЕРЕТЬ"}).status_code == 302
    assert User.objects.filter(email=EMAIL).exists()
    reauthenticate(client)
    response = client.get("/accounts/my-data/download/")
    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]
    assert json.loads(response.content)["hub.user"][0]["name"] == NAME


def test_erasing_needs_the_word_and_then_nobody_can_sign_in(person):
    client = sign_in(person)
    reauthenticate(client)
    page = client.post("/accounts/my-data/erase/", {"word": "да"})
    assert "Нужно слово СТЕРЕТЬ" in page.content.decode()
    assert User.objects.filter(email=EMAIL).exists()
    assert client.post("/accounts/my-data/erase/", {"word": " стереть "}).headers["Location"] == "/"
    assert not User.objects.filter(email=EMAIL).exists()
    assert client.get("/accounts/settings/").status_code == 302
    page = Client().post("/accounts/login/", {"login": EMAIL, "password": f.PASSWORD}).content.decode()
    assert "не подошли" in page


# --- after a restore --------------------------------------------------------------------------------


def test_erasures_are_replayed_after_a_restore(person, tmp_path, django_capture_on_commit_callbacks):
    listed, newcomer = tmp_path / "erasures.jsonl", f.UserFactory()
    past = timezone.now() - timedelta(days=900)
    lines = [
        {"person": person.pk, "at_time": timezone.now().isoformat(), "event": "person_erased"},
        {"person": newcomer.pk, "at_time": past.isoformat()},  # their number was somebody else's then
        {"person": 10**9, "at_time": past.isoformat()},
    ]
    listed.write_text("\n".join(json.dumps(line) for line in lines))
    with django_capture_on_commit_callbacks(execute=True):
        call_command("replay_erasures", str(listed), stdout=(said := StringIO()))
    assert "заново: 1. Не понадобилось: 2" in said.getvalue()
    assert traces() == []
    newcomer.refresh_from_db()
    assert newcomer.is_active

    call_command("replay_erasures", "--list", stdout=(said := StringIO()))
    assert json.loads(said.getvalue())["person"] == person.pk


def test_what_named_them_to_others_leaves_no_empty_line_and_no_broken_page():
    named = f.UserFactory(name="Анна Канарейкина")
    reader = f.coordinator(f.BranchFactory())
    outbox.notify(
        QUEUE_NORM,
        key="norm",
        branch=f.BranchFactory(),
        user=reader,
        context={"late": True, "norm": 3, "names": ["Хор, Анна Канарейкина"], "more": 0, "total": 1},
    )
    Delivery.objects.update(state=DeliveryState.FAILED)
    my_data.erase(named, by=None)
    page = sign_in(reader).get("/inbox/")
    assert page.status_code == 200
    assert "Уведомлений пока нет" in page.content.decode()
    assert Delivery.objects.get().state == DeliveryState.SKIPPED  # nobody sends an empty letter again
