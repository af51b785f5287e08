"""The story of the registry: from signing up to a figure with its proof, over HTTP, forms as they stand.

Told in the order in which it happens; each helper is one thing that a person does.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from communities.models import CensusRecord, CensusRound, Community
from hub.choices import RoleKind
from hub.models import User
from hub.tasks import deliver
from reports.actions import set_plan
from reports.kpis import communities_united as kpi
from tests import factories as f
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db
PASSWORD = "тропа-к-водопадам-862"
EVIDENCE = reverse("kpi-evidence", args=[kpi.code])


@pytest.fixture
def branch():
    cache.clear()
    branch = f.BranchFactory()
    f.RoundFactory(branch=branch, year=timezone.localdate().year)
    f.DistrictFactory(
        city=f.CityFactory(branch=branch), slug="hosta", name="Хостинский", lat=43.55, lng=39.79
    )
    set_plan(branch, kpi, timezone.localdate().year, 100, by=None)
    return branch


@pytest.fixture
def coordinator(branch):
    return Visitor(f.coordinator(branch, name="Марина Гегечкори"))


@pytest.fixture
def resident(branch):
    return Visitor()


def letter_to(address: str) -> str:
    deliver()
    letters = [letter for letter in mail.outbox if letter.to == [address]]
    return letters[-1].body


def sign_up(email: str) -> Visitor:
    leader = Visitor().open(reverse("account_signup"))
    leader.send(name="Артур Хачатрян", email=email, password1=PASSWORD, consent="on")
    assert leader.sees("почт")
    confirm = re.search(r"https?://[^/\s]+(/accounts/confirm-email/\S+)", letter_to(email))
    assert confirm
    leader.open(confirm[1]).send("confirm-email")
    if reverse("account_login") in leader.path:
        leader.send(login=email, password=PASSWORD)
    leader.open(reverse("cabinet"))
    assert leader.path == reverse("cabinet")
    return leader


def fill_in(leader: Visitor, name: str) -> int:
    """The six steps; returns the record's key."""
    leader.open(reverse("census-start")).send()
    record = CensusRecord.objects.get(state="draft")
    leader.send(
        name=name,
        short="Размечаем и чистим пешие тропы от Мацесты до Ахуна.",
        directions_main="place",
        topics=["trails", "ecology"],
        description="Начинали вчетвером: после ливня пропала дорожка к водопадам.",
        founded="2019",
    )
    assert leader.path.endswith("/people/")
    leader.send(participants="140", core_members="12", ages=["families", "youth"], joining="open")
    assert leader.path.endswith("/meetings/")
    leader.send(
        format="live",
        rhythm="weekly",
        days=["weekends"],
        schedule="по субботам, 9:00",
        district=record.community.branch.cities.get().districts.get().pk,
        place="Закрытый двор за остановкой",
        lat="43.556",
        lng="39.797",
    )
    assert leader.path.endswith("/resources/")
    leader.send(**{"offers__0__kind": "equipment", "offers__0__text": "Инструмент на 15 человек"})
    assert leader.path.endswith("/goals/")
    leader.send(goals="Проложить тропу к Ахуну", criteria_ties="4")
    assert leader.path.endswith("/contacts/")
    leader.send(contact_phone="+7 900 000-12-34")
    assert leader.path.endswith("/check/")
    return record.pk


def submit(leader: Visitor, pk: int) -> None:
    leader.open(reverse("census-check", args=[pk])).send(reverse("census-submit", args=[pk]))
    assert leader.sees("Анкета отправлена")


def give_back(coordinator: Visitor, pk: int, **reasons: str) -> None:
    coordinator.open(reverse("review-queue"))
    assert coordinator.sees("Тропа 862")
    said = dict.fromkeys(reasons, "return") | {f"{field}__reason": why for field, why in reasons.items()}
    coordinator.open(reverse("review-record", args=[pk]))
    coordinator.send("decide", press=("do", "return"), **said)
    assert coordinator.sees("вернули с причинами")


def approve(coordinator: Visitor, pk: int) -> None:
    coordinator.open(reverse("review-record", args=[pk])).send(
        "decide", press=("do", "approve"), place="accept"
    )
    assert coordinator.sees("одобрено")


def found_by(resident: Visitor, word: str) -> bool:
    resident.open(reverse("community-list") + f"?q={word}")
    return resident.sees("Тропа 862")


def listed_by_api(resident: Visitor) -> list[str]:
    answer = resident.open(reverse("api-community-list")).response.json()
    return [community["name"] for community in answer["results"]]


def on_the_map(resident: Visitor) -> int:
    answer = resident.open(reverse("community-map")).response
    return answer.content.decode().count('"Point"')


def figure(official: Visitor) -> int:
    """The number on the dashboard; the evidence shows as many rows."""
    official.open(reverse("kpi-dashboard"))
    number = int(re.search(r"Объединение сообществ (\d+) из 100", official.text)[1])
    official.open(EVIDENCE)
    assert official.html.count('scope="row"') == number
    return number


def test_from_sign_up_to_the_figure(branch, coordinator, resident):
    official = Visitor(f.staff(RoleKind.ADMINISTRATION, branch))
    assert figure(official) == 0

    # A leader signs up and tells of the community.
    leader = sign_up("arthur@example.org")
    pk = fill_in(leader, "Тропа 862")
    submit(leader, pk)
    assert not found_by(resident, "тропа")
    assert figure(official) == 0

    # The coordinator returns it with a reason; the leader reads it, mends it, sends it again.
    give_back(coordinator, pk, place="Это закрытый двор. Укажите вход с улицы.")
    assert "Укажите вход с улицы" in letter_to("arthur@example.org")
    assert leader.open(reverse("cabinet")).sees("Укажите вход с улицы")
    leader.open(reverse("census-step", args=[pk, "meetings"])).send(place="Остановка «Мацеста»")
    submit(leader, pk)

    # Approved: the city finds it everywhere, and the figure counts it.
    approve(coordinator, pk)
    community = Community.objects.get()
    page = community.get_absolute_url()
    assert resident.open(page).sees("Тропа 862", "по субботам, 9:00", "Остановка «Мацеста»")
    assert not resident.sees("000-12-34")  # the phone was never made public
    assert found_by(resident, "тропы")  # another form of the word
    assert found_by(resident, "трапа")  # a typo
    assert listed_by_api(resident) == ["Тропа 862"]
    assert on_the_map(resident) == 1
    assert figure(official) == 1
    official.open(reverse("kpi-proof", args=[kpi.code, community.pk]))
    assert official.sees(
        "Тропа 862", "Марина Гегечкори", "Артур Хачатрян", "Вернули на доработку", "Одобрено"
    )

    # An edit waits; the city and the figure stay with what was approved.
    leader.open(reverse("cabinet")).send("edit")
    edit = CensusRecord.objects.in_work().get()
    leader.open(reverse("census-step", args=[edit.pk, "essence"])).send(short="Совсем другие слова.")
    submit(leader, edit.pk)
    assert resident.open(page).sees("Размечаем и чистим пешие тропы")
    assert not resident.sees("Совсем другие слова")
    assert figure(official) == 1
    coordinator.open(reverse("review-record", args=[edit.pk]))
    assert coordinator.sees("Размечаем", "Совсем другие слова")  # side by side
    coordinator.send("decide", press=("do", "approve"))
    assert resident.open(page).sees("Совсем другие слова")
    assert figure(official) == 1


def next_round(branch) -> CensusRound:
    """A year later a round of the year is there to be opened: the earlier ones move a year back."""
    year = timezone.localdate().year
    for old in CensusRound.objects.for_branch(branch).order_by("year"):
        old.year -= 1
        old.opens_on, old.closes_on = old.opens_on - timedelta(days=365), old.closes_on - timedelta(days=365)
        old.save()
    return f.RoundFactory(branch=branch, year=year, opened_at=None)


def test_the_yearly_round_is_one_click(branch, coordinator, resident):
    leader_user = f.UserFactory(name="Артур Хачатрян", email="arthur@example.org")
    record = f.approved(leader_user, name="Тропа 862")
    leader, official = Visitor(leader_user), Visitor(f.staff(RoleKind.ANALYST, branch))
    assert figure(official) == 1

    this = next_round(branch)
    assert figure(official) == 1  # nothing is asked before the round opens
    coordinator.open(reverse("round-list")).send(reverse("round-open", args=[this.pk]))
    assert str(this.year) in letter_to("arthur@example.org")
    assert figure(official) == 0
    assert resident.open(record.community.get_absolute_url()).sees("Тропа 862")  # shown all the while

    leader.open(reverse("cabinet"))
    assert leader.sees("Ничего не изменилось")
    leader.send("confirm")
    assert leader.sees("Спасибо")
    assert figure(official) == 1
    confirmed = CensusRecord.objects.get(round=this)
    assert confirmed.confirms == record
    official.open(reverse("kpi-proof", args=[kpi.code, record.community_id]))
    assert official.sees("подтверждена без изменений")


def test_a_stranger_and_another_branch_see_nothing_of_it(branch):
    record = f.submitted(name="Тропа 862")
    f.BranchFactory(slug="kazan", name="Казань")
    for person in (None, f.UserFactory(), f.coordinator(f.BranchFactory(slug="kazan"))):
        visitor = Visitor(person)
        for address in (reverse("review-record", args=[record.pk]), EVIDENCE):
            response = visitor.client.get(address)
            assert response.status_code in (302, 403, 404)
    assert User.objects.filter(roles__role=RoleKind.COORDINATOR).count() == 1
