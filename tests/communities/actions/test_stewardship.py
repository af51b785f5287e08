"""Contacts by consent, invitations, handing over."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from communities.actions import stewardship as people
from communities.choices import StewardRole
from communities.models import Contact, Invitation, Stewardship
from hub import consents
from hub.approvals import Refused
from hub.choices import ConsentKind
from hub.models import Notification
from hub.outbox.delivery import deliver
from tests.at_once import at_once
from tests.factories import CommunityFactory, StewardshipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader():
    return StewardshipFactory()


def save(steward, values, public=()):
    people.save_contacts(steward, values, public=public, by=steward.user, channel="test")


class TestContacts:
    def test_are_hidden_until_the_person_agrees(self, leader):
        save(leader, {"phone": "+78622001234", "telegram": "https://t.me/tropa"}, public=["telegram"])
        assert [contact.kind for contact in Contact.objects.published()] == ["telegram"]
        row = consents.newest(
            leader.user, ConsentKind.CONTACT, f"contact:{leader.contacts.get(kind='telegram').pk}"
        )
        assert row.given

    def test_another_value_needs_another_consent(self, leader):
        save(leader, {"phone": "+78622001234"}, public=["phone"])
        old = leader.contacts.get()
        save(leader, {"phone": "+78622005678"})
        assert not Contact.objects.published().exists()
        assert not consents.is_given(leader.user, ConsentKind.CONTACT, f"contact:{old.pk}")

    def test_emptied_it_is_gone_and_its_consent_with_it(self, leader):
        save(leader, {"phone": "+78622001234"}, public=["phone"])
        pk = leader.contacts.get().pk
        save(leader, {"phone": ""})
        assert not leader.contacts.exists()
        assert not consents.is_given(leader.user, ConsentKind.CONTACT, f"contact:{pk}")

    def test_a_consent_withdrawn_in_the_settings_hides_at_once(self, leader):
        save(leader, {"phone": "+78622001234"}, public=["phone"])
        contact = leader.contacts.get()
        consents.withdraw(
            leader.user, ConsentKind.CONTACT, subject=f"contact:{contact.pk}", channel="settings"
        )
        contact.refresh_from_db()
        assert not contact.is_public
        assert not Contact.objects.published().exists()

    def test_a_row_marked_public_without_a_consent_is_not_published(self, leader):
        Contact.objects.create(stewardship=leader, kind="phone", value="+7862", is_public=True)
        assert not Contact.objects.published().exists()

    def test_nobody_publishes_for_another(self, leader):
        save(leader, {"phone": "+78622001234"})
        with pytest.raises(Refused):
            people.publish_contact(leader.contacts.get(), by=UserFactory(), channel="test")

    def test_the_name_is_shown_and_hidden_by_consent(self, leader):
        people.show_name(leader, True, by=leader.user, channel="test")
        leader.refresh_from_db()
        assert leader.is_public
        consents.withdraw(leader.user, ConsentKind.CONTACT, subject=f"name:{leader.pk}", channel="settings")
        leader.refresh_from_db()
        assert not leader.is_public


class TestInvitations:
    def invite(self, leader, **kwargs):
        return people.invite_steward(leader.community, by=leader.user, **kwargs)

    def test_a_link_makes_one_person_a_co_leader_once(self, leader):
        invitation, token = self.invite(leader)
        guest = UserFactory()
        assert len(token) == 64
        assert token not in invitation.token_hash
        joined = people.accept_invitation(token, by=guest)
        assert (joined.user, joined.role) == (guest, StewardRole.CO_LEADER)
        with pytest.raises(Refused, match="больше не действует"):
            people.accept_invitation(token, by=UserFactory())

    def test_the_link_can_be_shown_again(self, leader):
        invitation, token = self.invite(leader)
        assert people.invitation_token(Invitation.objects.get(pk=invitation.pk)) == token

    @pytest.mark.parametrize("spoil", ["revoked", "expired", "altered"])
    def test_a_spoilt_link_opens_nothing(self, leader, spoil):
        invitation, token = self.invite(leader)
        if spoil == "revoked":
            people.revoke_invitation(invitation, by=leader.user)
        elif spoil == "expired":
            Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        else:
            token = token[:-1] + ("0" if token[-1] != "0" else "1")
        assert people.find_invitation(token) is None
        with pytest.raises(Refused):
            people.accept_invitation(token, by=UserFactory())

    def test_the_leaders_own_click_does_not_use_it_up(self, leader):
        _invitation, token = self.invite(leader)
        with pytest.raises(Refused, match="уже в команде"):
            people.accept_invitation(token, by=leader.user)
        assert people.find_invitation(token)

    def test_nobody_is_invited_to_be_the_leader(self, leader):
        with pytest.raises(Refused):
            self.invite(leader, role=StewardRole.LEADER)

    def test_the_letter_holds_no_token(self, leader):
        _invitation, token = self.invite(leader, email="nina@example.org")
        letter = Notification.objects.get()
        assert letter.email == "nina@example.org"
        assert token not in str(letter.context)

    def test_the_letter_carries_the_link_that_lets_in(self, leader, mailoutbox):
        _invitation, token = self.invite(leader, email="nina@example.org")
        deliver()
        assert [letter.to for letter in mailoutbox] == [["nina@example.org"]]
        assert f"/invitations/{token}/" in mailoutbox[0].body


class TestTeam:
    def test_handing_over_swaps_the_roles(self, leader):
        heir = StewardshipFactory(community=leader.community, role=StewardRole.CO_LEADER)
        people.hand_over(leader.community, to=heir, by=leader.user)
        leader.refresh_from_db()
        heir.refresh_from_db()
        assert (leader.role, heir.role) == (StewardRole.CO_LEADER, StewardRole.LEADER)

    def test_not_to_somebody_of_another_community(self, leader):
        stranger = StewardshipFactory(community=CommunityFactory())
        with pytest.raises(Refused):
            people.hand_over(leader.community, to=stranger, by=leader.user)

    def test_the_leader_does_not_leave_before_handing_over(self, leader):
        with pytest.raises(Refused, match="не передал"):
            people.remove_steward(leader, by=leader.user)

    def test_who_leaves_takes_the_contacts_along(self, leader):
        helper = StewardshipFactory(community=leader.community, role=StewardRole.CO_LEADER)
        save(helper, {"phone": "+78622001234"}, public=["phone"])
        subject = f"contact:{helper.contacts.get().pk}"
        people.remove_steward(helper, by=helper.user)
        assert not Contact.objects.exists()
        assert not consents.is_given(helper.user, ConsentKind.CONTACT, subject)
        people.remove_steward(helper, by=helper.user)


@pytest.mark.django_db(transaction=True)
def test_ten_people_with_one_link_one_joins():
    leader = StewardshipFactory()
    _invitation, token = people.invite_steward(leader.community, by=leader.user)
    guests = [UserFactory() for _number in range(10)]

    outcomes = at_once(
        *(partial(people.accept_invitation, token, by=guest) for guest in guests), refusals=Refused
    )
    assert sum(isinstance(one, Refused) for one in outcomes) == 9
    assert Stewardship.objects.filter(community=leader.community).count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_person_with_several_links_at_once_joins_once():
    leader, guest = StewardshipFactory(), UserFactory()
    links = [people.invite_steward(leader.community, by=leader.user)[1] for _link in range(6)]
    outcomes = at_once(
        *(partial(people.accept_invitation, token, by=guest) for token in links), refusals=Refused
    )
    [joined] = [one for one in outcomes if not isinstance(one, Refused)]
    assert joined.role == StewardRole.CO_LEADER
    assert Invitation.objects.exclude(accepted_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_contacts_sent_six_times_at_once_are_written_once():
    leader = StewardshipFactory()
    at_once(*[partial(save, leader, {"phone": "+78622001234"}, ["phone"])] * 6)
    assert Contact.objects.published().count() == 1


def test_who_has_handed_over_does_not_hand_over_again(leader):
    first, second = (
        StewardshipFactory(community=leader.community, role=StewardRole.CO_LEADER) for _heir in range(2)
    )
    people.hand_over(leader.community, to=first, by=leader.user)
    with pytest.raises(Refused):
        people.hand_over(leader.community, to=second, by=leader.user)
    first.refresh_from_db()
    assert first.role == StewardRole.LEADER
