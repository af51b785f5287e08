"""The team's page, links of invitations, claims."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from communities.actions import stewardship as people
from communities.choices import StewardRole
from communities.models import Claim, Contact, Invitation
from tests.factories import BranchFactory, StewardshipFactory, UserFactory, approved, draft, imported

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader(client):
    user = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def community(leader):
    return approved(leader).community


def manage(community):
    return reverse("community-manage", args=[community.slug])


class TestTeam:
    def test_the_leader_invites_by_a_link_that_can_be_copied_and_revoked(self, client, community):
        client.post(reverse("steward-invite", args=[community.slug]), {"role": "co_leader", "email": ""})
        invitation = Invitation.objects.get()
        address = reverse("invitation-accept", args=[people.invitation_token(invitation)])
        assert address in client.get(manage(community)).content.decode()
        client.post(reverse("steward-revoke", args=[community.slug, invitation.pk]))
        assert address not in client.get(manage(community)).content.decode()
        assert client.get(address).status_code == 404

    def test_a_co_leader_sees_the_team_but_invites_nobody(self, client, community):
        client.force_login(StewardshipFactory(community=community, role=StewardRole.CO_LEADER).user)
        assert client.get(manage(community)).status_code == 200
        assert (
            client.post(reverse("steward-invite", args=[community.slug]), {"role": "editor"}).status_code
            == 403
        )

    def test_a_stranger_sees_nothing(self, client, community):
        client.force_login(UserFactory())
        assert client.get(manage(community)).status_code == 403

    def test_leadership_is_handed_over_after_one_question(self, client, community, leader):
        heir = StewardshipFactory(community=community, role=StewardRole.CO_LEADER)
        url = reverse("steward-hand-over", args=[community.slug, heir.pk])
        assert "Передать руководство" in client.get(url).content.decode()
        client.post(url)
        heir.refresh_from_db()
        assert heir.role == StewardRole.LEADER
        assert client.post(url).status_code == 403

    def test_a_member_leaves_the_leader_does_not(self, client, community, leader):
        mine = community.stewardships.get(user=leader)
        page = client.post(reverse("steward-remove", args=[community.slug, mine.pk]), follow=True)
        assert "не передал" in page.content.decode()
        member = StewardshipFactory(community=community, role=StewardRole.EDITOR)
        client.force_login(member.user)
        assert client.post(reverse("steward-remove", args=[community.slug, member.pk])).url == reverse(
            "cabinet"
        )
        assert client.post(reverse("steward-remove", args=[community.slug, mine.pk])).status_code == 403

    def test_somebody_of_another_team_is_not_removed(self, client, community):
        foreign = StewardshipFactory(role=StewardRole.EDITOR)
        assert client.post(reverse("steward-remove", args=[community.slug, foreign.pk])).status_code == 404

    def test_contacts_are_published_and_hidden_at_once(self, client, community):
        url = reverse("steward-contacts", args=[community.slug])
        client.post(url, {"contact_phone": "8 862 200 99 88", "public_phone": "on"})
        public = reverse("community-detail", args=[community.slug])
        assert "+78622009988" in client.get(public).content.decode()
        client.post(url, {"contact_phone": "8 862 200 99 88"})
        assert "+78622009988" not in client.get(public).content.decode()

    def test_a_wrong_number_is_told_and_kept(self, client, community):
        page = client.post(reverse("steward-contacts", args=[community.slug]), {"contact_phone": "12"})
        assert page.status_code == 400
        assert "не похоже на номер" in page.content.decode()
        assert not Contact.objects.exists()


class TestInvitation:
    def link(self, community):
        leader = community.stewardships.get(role=StewardRole.LEADER).user
        _invitation, token = people.invite_steward(community, by=leader)
        return reverse("invitation-accept", args=[token])

    def test_a_visitor_is_told_who_calls_and_signs_in_first(self, client, community):
        url = self.link(community)
        client.logout()
        page = client.get(url)
        assert community.name in page.content.decode()
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert client.post(url).url.startswith(reverse("account_login"))

    def test_it_lets_one_person_in(self, client, community):
        url, guest = self.link(community), UserFactory()
        client.force_login(guest)
        client.post(url)
        assert community.stewardships.get(user=guest).role == StewardRole.CO_LEADER
        client.force_login(UserFactory())
        assert client.get(url).status_code == 404

    def test_a_foreign_branch_and_an_altered_link_are_not_found(self, client, community):
        url = self.link(community)
        assert client.get(f"{url[:-3]}00/").status_code == 404
        BranchFactory(slug="perm", name="Пермь", host="perm.example.org")
        assert client.get(url, headers={"host": "perm.example.org"}).status_code == 404

    def test_the_name_is_known_before_the_city_sees_it(self, client, leader):
        community = draft(leader, name="Ещё не видно").community
        assert "Ещё не видно" in client.get(self.link(community)).content.decode()


class TestClaim:
    def url(self, community):
        return reverse("community-claim", args=[community.slug])

    def test_sends_words_a_link_and_a_proof(self, client, leader, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        community = imported().community
        scan = io.BytesIO()
        Image.new("RGB", (40, 30)).save(scan, "PNG")
        proof = SimpleUploadedFile("scan.png", scan.getvalue(), "image/png")
        data = {"text": "Я веду группу", "link": "vk.com/tropa", "proof": proof}
        assert client.post(self.url(community), data).url == reverse("cabinet")
        claim = Claim.objects.get()
        assert (claim.link, claim.submitted_by, claim.proof.is_public) == (
            "https://vk.com/tropa",
            leader,
            False,
        )
        assert "Координатор проверит" in client.get(self.url(community)).content.decode()
        client.post(self.url(community), {"text": "Ещё раз"})
        assert Claim.objects.count() == 1

    def test_a_bad_proof_is_told_and_the_words_are_kept(self, client, leader):
        proof = SimpleUploadedFile("virus.exe", b"MZ....", "application/pdf")
        page = client.post(self.url(imported().community), {"text": "Я веду группу", "proof": proof})
        assert page.status_code == 200
        assert "Я веду группу" in page.content.decode()
        assert not Claim.objects.exists()

    def test_needs_words(self, client, leader):
        assert "чем подтвердите" in client.post(self.url(imported().community), {}).content.decode()

    def test_a_led_community_is_not_claimed(self, client, leader):
        assert "уже есть лидер" in client.get(self.url(approved().community)).content.decode()

    def test_a_visitor_signs_in_first(self, client):
        assert client.get(self.url(imported().community)).status_code == 302

    def test_what_is_not_public_is_not_found(self, client, leader):
        assert client.get(self.url(draft().community)).status_code == 404
