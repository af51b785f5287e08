"""A community's own page and its passport."""

import json
import re

import pytest
from django.urls import reverse

from communities.models import Community, Contact, FormerSlug, Photo
from hub import consents
from hub.choices import ConsentKind
from hub.small_pictures import ROW, small
from tests.factories import BranchFactory, CommunityFactory, approved, draft, imported, photo

pytestmark = pytest.mark.django_db


def page_of(client, record):
    return client.get(record.community.get_absolute_url())


def test_shows_the_approved_record_while_an_edit_waits(client):
    record = approved(name="Тропа", dream="Мечта о тропе")
    draft(community=record.community, name="Тропа новая")
    page = page_of(client, record).content.decode()
    assert "Мечта о тропе" in page
    assert "Тропа новая" not in page


def test_imported_is_not_confirmed_and_can_be_claimed(client):
    record = imported(name="Из таблицы")
    page = page_of(client, record).content.decode()
    assert "Не подтверждено." in page
    assert reverse("community-claim", args=[record.community.slug]) in page


def test_contacts_live_as_long_as_their_consent(client):
    record = approved()
    steward = record.community.stewardships.get()
    contact = Contact.objects.create(stewardship=steward, kind="telegram", value="@tropa_862", is_public=True)
    subject = f"contact:{contact.pk}"
    assert "tropa_862" not in page_of(client, record).content.decode()
    consents.give(steward.user, ConsentKind.CONTACT, subject=subject, channel="test")
    page = page_of(client, record).content.decode()
    assert 'href="https://t.me/tropa_862"' in page
    assert steward.user.name not in page  # the name is a choice of its own
    consents.withdraw(steward.user, ConsentKind.CONTACT, subject=subject, channel="test")
    assert "tropa_862" not in page_of(client, record).content.decode()


def test_names_are_public_by_choice(client):
    record = approved()
    steward = record.community.stewardships.get()
    assert steward.user.name not in page_of(client, record).content.decode()
    record.community.stewardships.update(is_public=True)
    assert steward.user.name in page_of(client, record).content.decode()


def test_an_old_address_leads_to_the_new_one(client):
    record = approved()
    FormerSlug.objects.create(branch=record.community.branch, slug="old", community=record.community)
    for suffix in ("", "passport.pdf"):
        moved = client.get(f"/communities/old/{suffix}")
        assert (moved.status_code, moved.url) == (301, record.community.get_absolute_url() + suffix)
    moved = client.get("/api/v1/communities/old/")
    assert (moved.status_code, moved.url) == (301, f"/api/v1/communities/{record.community.slug}/")


def test_a_merged_one_leads_to_where_it_went(client):
    target, middle, source = approved(), CommunityFactory(slug="middle"), CommunityFactory(slug="source")
    Community.objects.filter(pk=middle.pk).update(listing="merged", merged_into=target.community)
    Community.objects.filter(pk=source.pk).update(listing="merged", merged_into=middle)
    assert client.get("/communities/source/").url == target.community.get_absolute_url()


def test_merges_in_a_circle_end(client):
    one, two = CommunityFactory(slug="one"), CommunityFactory(slug="two")
    Community.objects.filter(pk=one.pk).update(listing="merged", merged_into=two)
    Community.objects.filter(pk=two.pk).update(listing="merged", merged_into=one)
    assert client.get("/communities/one/").status_code == 404


@pytest.mark.parametrize(("listing", "status"), [("unlisted", 404), ("archived", 410)])
def test_what_is_not_listed(client, listing, status):
    record = approved(name="Скрытое")
    Community.objects.filter(pk=record.community_id).update(listing=listing)
    answer = page_of(client, record)
    assert answer.status_code == status
    assert "Скрытое" not in answer.content.decode()
    assert client.get(reverse("community-passport", args=[record.community.slug])).status_code == 404


def test_another_branch_has_other_addresses(client):
    record = approved()
    other = BranchFactory(slug="kazan", is_default=False)
    assert client.get(record.community.get_absolute_url(), headers={"host": other.host}).status_code == 404


def test_markup_of_people_stays_text(client):
    evil = "</script><script>alert(1)</script><b>&"
    record = approved(
        name=evil, short=evil, description=evil, vk="https://vk.com/a", site="javascript:alert(1)"
    )
    page = page_of(client, record).content.decode()
    assert "<script>alert" not in page
    assert "javascript:" not in page
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[1])
    assert data["name"] == evil
    assert data["sameAs"] == ["https://vk.com/a"]


def test_link_preview_and_canonical_address(client):
    record = approved(name="Тропа 862", short="Ходим в горы")
    page = page_of(client, record).content.decode()
    assert '<meta property="og:title" content="Тропа 862">' in page
    assert '<meta property="og:description" content="Ходим в горы">' in page
    assert f'<link rel="canonical" href="http://testserver{record.community.get_absolute_url()}">' in page


@pytest.mark.parametrize("stewards", [1, 3])
def test_queries(client, django_assert_num_queries, stewards):
    record = approved()
    for _ in range(stewards - 1):
        record.community.stewardships.create(
            user=approved().community.stewardships.get().user, role="co_leader"
        )
    with django_assert_num_queries(4):
        page_of(client, record)


class TestPassport:
    def get(self, client, record):
        return client.get(reverse("community-passport", args=[record.community.slug]))

    def test_is_a_tagged_pdf_in_russian(self, client):
        answer = self.get(client, approved(name="Тропа 862"))
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("inline;")
        assert "filename*=UTF-8''%D0%9F" in answer.headers["Content-Disposition"]
        assert answer.content.startswith(b"%PDF-")
        for mark in (b"/StructTreeRoot", b"/Lang", b"pdfuaid:part", b"GolosText"):
            assert mark in answer.content, mark

    def test_a_name_that_the_font_cannot_draw(self, client):
        assert self.get(client, approved(name="🎉 🎉")).content.startswith(b"%PDF-")

    @pytest.mark.parametrize(
        "text",
        [
            '#panic("x")',
            "*жирно* _курсив_ $x$ @ссылка <метка> \\",
            "😀 🏔 Ձյուն ქართული",
            "ё" * 3000,
            "\r\n\t",
            '"},{',
        ],
    )
    def test_words_of_people_are_data(self, client, text):
        record = approved(
            name=f"Имя {text}"[:120], short=text[:200], description=text, offers=[{"kind": "x", "text": text}]
        )
        assert self.get(client, record).status_code == 200

    def test_of_an_almost_empty_record(self, client):
        bare = {
            "short": "",
            "description": "",
            "directions": [],
            "topics": [],
            "district": None,
            "city": None,
        }
        record = imported(name="Имя", **bare, place="", offers=[], needs=[], goals="", dream="", schedule="")
        assert self.get(client, record).status_code == 200
        assert page_of(client, record).status_code == 200


def test_photos_are_whole_for_those_who_want_and_small_for_the_rest(client):
    record, (first, second) = approved(), (photo(), photo())
    for position, upload in enumerate((first, second)):
        Photo.objects.create(record=record, upload=upload, position=position)
    page = page_of(client, record).content.decode()
    phone = f'<source srcset="{first.small_url}" media="(max-width: 40rem)">'
    assert f'<picture>{phone}<img src="{first.url}"' in page
    assert f'<a href="{second.url}"><img src="/media/{small(second.file.name, ROW)}"' in page
    assert f'property="og:image" content="http://testserver{first.url}"' in page
    data = json.loads(re.search(r'ld\+json"[^>]*>(.*?)</script>', page, re.S)[1])
    assert data["image"] == f"http://testserver{first.url}"
