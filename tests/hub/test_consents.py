"""Consents: which words, since when, taken back with everything that hangs on them."""

import hashlib

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from communities.models import Contact
from hub import consents
from hub.choices import ConsentKind
from hub.models import Consent
from tests import factories as f

pytestmark = pytest.mark.django_db

#: What people agreed to must stay readable as it was: a new wording is a new file with its own line.
HASHES = {
    "contact_v1.txt": "aa7b7a8773a6fb4702fd1ffcbe5b56d279e4190ddcab793697df9aebf5ea89a1",
    "processing_v1.txt": "4adda6f91c459d2a41546b179247e78720704b8a5a936556de5f2db1a2b66c2e",
}


def test_no_wording_was_changed_after_it_was_agreed_to():
    folder = settings.BASE_DIR / "templates" / "consents"
    now = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}
    assert now == HASHES
    named = {f"{t.kind.value}_v{t.version}.txt": t.hash for texts in consents.TEXTS.values() for t in texts}
    assert named == HASHES


def test_the_newest_row_counts_and_none_is_ever_changed():
    user = f.UserFactory()
    assert not consents.is_given(user, ConsentKind.PROCESSING)
    consents.give(user, ConsentKind.PROCESSING, channel="signup")
    consents.give(user, ConsentKind.PROCESSING, channel="signup")
    assert consents.is_given(user, ConsentKind.PROCESSING)
    consents.withdraw(user, ConsentKind.PROCESSING, channel="settings")
    assert consents.withdraw(user, ConsentKind.PROCESSING, channel="settings") is None
    assert not consents.is_given(user, ConsentKind.PROCESSING)
    rows = list(Consent.objects.order_by("pk").values_list("given", "channel", "text_version"))
    assert rows == [(True, "signup", "1"), (False, "settings", "1")]
    for sql in ("UPDATE hub_consent SET given = true", "DELETE FROM hub_consent"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(sql)


def test_a_consent_is_for_its_subject_alone():
    user = f.UserFactory()
    consents.give(user, ConsentKind.CONTACT, subject="contact:1", channel="team")
    assert consents.is_given(user, ConsentKind.CONTACT, "contact:1")
    assert not consents.is_given(user, ConsentKind.CONTACT, "contact:2")
    assert not consents.is_given(f.UserFactory(), ConsentKind.CONTACT, "contact:1")


@pytest.fixture
def contact():
    record = f.approved()
    stewardship = record.community.stewardships.get()
    contact = Contact.objects.create(
        stewardship=stewardship, kind="telegram", value="@tropa_canary", is_public=True
    )
    consents.give(stewardship.user, ConsentKind.CONTACT, subject=f"contact:{contact.pk}", channel="team")
    return contact


def test_withdrawing_in_the_settings_hides_the_contact_at_once(client, contact):
    user = contact.stewardship.user
    client.force_login(user)
    page = client.get("/accounts/settings/").content.decode()
    assert "Telegram" in page
    subject = f"contact:{contact.pk}"
    response = client.post("/accounts/consents/withdraw/", {"kind": "contact", "subject": subject})
    assert response.headers["Location"] == "/accounts/settings/"
    contact.refresh_from_db()
    assert not contact.is_public
    assert not Contact.objects.published().exists()
    assert "Отозвано" in client.get("/accounts/settings/").content.decode()


def test_nobody_withdraws_for_another(client, contact):
    client.force_login(f.UserFactory())
    client.post("/accounts/consents/withdraw/", {"kind": "contact", "subject": f"contact:{contact.pk}"})
    contact.refresh_from_db()
    assert contact.is_public


def test_withdrawing_the_processing_leads_to_erasure_and_says_so(client):
    user = f.UserFactory()
    consents.give(user, ConsentKind.PROCESSING, channel="signup")
    client.force_login(user)
    response = client.post("/accounts/consents/withdraw/", {"kind": "processing", "subject": ""})
    assert response.headers["Location"] == "/accounts/my-data/erase/"
    assert consents.is_given(user, ConsentKind.PROCESSING)


def test_the_texts_are_open_to_everybody(client):
    f.BranchFactory()
    page = client.get("/privacy/").content.decode()
    assert "согласие на обработку моих персональных данных" in page
    assert 'id="contact"' in page
