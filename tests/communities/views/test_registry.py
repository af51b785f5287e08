import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from communities.choices import Listing
from communities.models import CensusRecord, CensusRound, Community, Merge
from hub.choices import RoleKind, State
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    boss = f.coordinator()
    client.force_login(boss)
    return boss


def names(client, **asked):
    response = client.get(reverse("registry"), asked)
    return [row["name"] for row in response.context["rows"]]


def city(client):
    """A branch with a community of each kind."""
    old = f.approved(name="Ёлка", directions=["culture"], participants=10)
    CensusRecord.objects.filter(pk=old.pk).update(submitted_at=timezone.now() - timedelta(days=400))
    f.approved(name="Барс", directions=["place"], participants=300)
    f.imported(name="Ангел", directions=["place"], participants=None)
    f.submitted(name="Ель")
    f.draft(name="Яхта")


def test_the_table_sorts_by_every_column(client, boss):
    city(client)
    assert names(client) == ["Ангел", "Барс", "Ёлка", "Ель", "Яхта"]
    assert names(client, sort="-name") == ["Яхта", "Ель", "Ёлка", "Барс", "Ангел"]
    assert names(client, sort="-people")[:2] == ["Барс", "Ёлка"]
    assert names(client, sort="fresh")[0] == "Ёлка"
    for column in ("listing", "state", "work", "direction", "district", "leader", "round", "nonsense"):
        assert len(names(client, sort=column)) == 5


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"q": "елк"}, ["Ёлка"]),
        ({"listing": "unlisted"}, ["Ель", "Яхта"]),
        ({"state": "imported"}, ["Ангел"]),
        ({"state": "none"}, ["Ель", "Яхта"]),
        ({"work": "submitted"}, ["Ель"]),
        ({"work": "none"}, ["Ангел", "Барс", "Ёлка"]),
        ({"direction": "culture"}, ["Ёлка"]),
        ({"leader": "none"}, ["Ангел"]),
        ({"fresh": "stale"}, ["Ёлка"]),
        ({"fresh": "none"}, ["Ангел", "Ель", "Яхта"]),
        ({"people_min": "100"}, ["Барс"]),
        ({"people_max": "100", "direction": "culture"}, ["Ёлка"]),
    ],
)
def test_every_column_filters(client, boss, asked, expected):
    city(client)
    assert names(client, **asked) == expected


@pytest.mark.parametrize(
    "asked", [{"district": "чушь"}, {"people_min": "много"}, {"page": "999"}, {"page": "x"}]
)
def test_nonsense_is_no_fault(client, boss, asked):
    city(client)
    assert client.get(reverse("registry"), asked).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_depend_on_rows(client, boss, django_assert_num_queries, rows):
    for _ in range(rows):
        f.approved()
        f.submitted()
    client.get(reverse("registry"))
    with django_assert_num_queries(11):
        client.get(reverse("registry"))


def test_a_file_holds_exactly_what_is_shown_and_runs_nothing(client, boss):
    city(client)
    f.approved(name='=HYPERLINK("http://evil")', participants=7)
    answer = client.get(reverse("registry-export", args=["csv"]), {"people_max": "100", "sort": "-people"})
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [line[0] for line in lines] == ["Сообщество", "Ёлка", '\'=HYPERLINK("http://evil")']
    book = client.get(reverse("registry-export", args=["xlsx"]), {"people_max": "100", "sort": "-people"})
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert [line[0] for line in sheet] == [line[0] for line in lines]
    assert "no-store" in book.headers["Cache-Control"]


def test_other_staff_read_what_was_public_without_names_of_leaders(client):
    city(client)
    hidden = f.approved(f.UserFactory(name="Тайный Лидер"), name="Хор")
    client.force_login(f.staff(RoleKind.ADMINISTRATION))
    assert names(client) == ["Ангел", "Барс", "Ёлка", "Хор"]
    page = client.get(reverse("registry-community", args=[hidden.community_id])).content.decode()
    assert "Тайный Лидер" not in page
    assert "В архив" not in page
    draft = Community.objects.get(records__name="Яхта")
    assert client.get(reverse("registry-community", args=[draft.pk])).status_code == 404
    address = reverse("registry-listing", args=[hidden.community_id, "archived"])
    assert client.post(address).status_code == 403


def test_archiving_offers_the_way_back(client, boss):
    community = f.approved(name="Тропа").community
    page = client.post(reverse("registry-listing", args=[community.pk, "archived"]), follow=True)
    undo = reverse("registry-listing", args=[community.pk, "listed"])
    assert f'action="{undo}"' in page.content.decode()
    community.refresh_from_db()
    assert community.listing == Listing.ARCHIVED
    client.post(undo)
    community.refresh_from_db()
    assert community.listing == Listing.LISTED


def test_what_to_go_back_to_is_our_own_page(client, boss):
    community = f.approved().community
    for wished in ("https://evil.example/", "999", "evil"):
        answer = client.post(reverse("registry-listing", args=[community.pk, "archived"]), {"next": wished})
        assert answer.url == reverse("registry-community", args=[community.pk])


# --- merging ----------------------------------------------------------------------------------------


def test_a_merge_is_seen_before_it_is_made(client, boss):
    source, target = (
        f.approved(name="Тропы", telegram="https://t.me/x"),
        f.approved(name="Тропа", telegram=""),
    )
    address = reverse("merge-preview", args=[source.community_id, target.community_id])
    response = client.get(address)
    offered = {row["name"]: row["take"] for row in response.context["rows"]}
    assert offered == {"name": False, "telegram": True}
    assert Merge.objects.count() == 0
    page = client.post(address, {"name": "target", "telegram": "source"}, follow=True).content.decode()
    merge = Merge.objects.get()
    assert merge.before["fields"] == ["telegram"]
    assert reverse("merge-undo", args=[merge.pk]) in page
    assert "Тропы" in client.get(reverse("merge-list")).content.decode()
    again = client.post(address, follow=True).content.decode()
    assert "уже объединено" in again
    client.post(reverse("merge-undo", args=[merge.pk]))
    assert Community.objects.listed().count() == 2


def test_communities_of_another_branch_are_not_found(client, boss):
    ours = f.approved().community
    theirs = f.approved(
        community=f.CommunityFactory(branch=f.BranchFactory(slug="kazan", name="Казань"))
    ).community
    for route, arguments in (
        ("merge-preview", [ours.pk, theirs.pk]),
        ("registry-community", [theirs.pk]),
        ("round-compare", [theirs.slug]),
    ):
        assert client.get(reverse(route, args=arguments)).status_code == 404
    assert client.post(reverse("registry-listing", args=[theirs.pk, "archived"])).status_code == 404
    assert client.post(reverse("not-duplicate", args=[ours.pk, theirs.pk])).status_code == 404


# --- rounds -----------------------------------------------------------------------------------------


def test_a_round_is_planned_opened_and_reminded(client, boss):
    f.approved()
    year = timezone.localdate().year + 1
    refused = client.post(
        reverse("round-list"), {"year": year, "opens_on": f"{year}-05-01", "closes_on": f"{year}-02-01"}
    )
    assert refused.status_code == 422
    assert "позже, чем открывается" in refused.content.decode()
    client.post(
        reverse("round-list"), {"year": year, "opens_on": f"{year}-02-01", "closes_on": f"{year}-12-01"}
    )
    round_ = CensusRound.objects.get(year=year)
    client.post(reverse("round-open", args=[round_.pk]))
    round_.refresh_from_db()
    assert round_.opened_at
    page = client.get(reverse("round-coverage", args=[round_.pk]))
    assert page.context["counts"]["percent"] == 0
    assert "Напомнить" in page.content.decode()
    reminded = client.post(reverse("round-remind", args=[round_.pk]), follow=True)
    assert "Напомнили" in reminded.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_coverage_queries_do_not_depend_on_rows(client, boss, django_assert_num_queries, rows):
    for _ in range(rows):
        f.imported()
    round_ = f.RoundFactory()
    client.get(reverse("round-coverage", args=[round_.pk]))
    with django_assert_num_queries(10):
        client.get(reverse("round-coverage", args=[round_.pk]))


def test_rounds_are_compared_by_stewards_and_staff(client):
    leader = f.UserFactory()
    new = f.approved(leader, short="Новое о тропах")
    old = f.RecordFactory(
        community=new.community, round=f.RoundFactory(year=2025), state=State.DRAFT, short="Старое о тропах"
    )
    CensusRecord.objects.filter(pk=old.pk).update(
        state=State.RETIRED, submitted_at=new.submitted_at, submitted_by=new.submitted_by,
        decided_at=new.decided_at, decided_by=new.decided_by,
    )  # fmt: skip
    CensusRecord.objects.filter(pk=new.pk).update(state=State.RETIRED)
    newest = f.RecordFactory(
        community=new.community, state=State.APPROVED, submitted_at=new.submitted_at, submitted_by=leader,
        decided_at=new.decided_at, decided_by=new.decided_by, short="Новое о тропах",
    )  # fmt: skip
    address = reverse("round-compare", args=[new.community.slug])
    for person, status in ((leader, 200), (f.coordinator(), 200), (f.UserFactory(), 403)):
        client.force_login(person)
        assert client.get(address).status_code == status
    client.force_login(leader)
    response = client.get(address)
    assert (response.context["older"].pk, response.context["newer"].pk) == (old.pk, newest.pk)
    assert "<del>Старое</del>" in response.content.decode()
    assert client.get(address, {"a": "999999"}).status_code == 404
