"""Rows for tests: flat, unsurprising; a row is valid and complete unless the test says otherwise."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO
from itertools import count
from zoneinfo import ZoneInfo

import factory
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from factory.django import DjangoModelFactory
from PIL import Image, ImageChops, ImageOps

from communities import models as c
from communities.choices import Listing, StewardRole
from events import models as e
from events.actions.announcing import announce, approve_event, edit_event, publish
from events.actions.connecting import connect, look_at_file
from events.actions.following import load
from events.actions.registering import register
from events.actions.state_events import announce_state_event
from events.choices import Offer
from hub import models as h
from hub.choices import RoleKind, State
from hub.uploads import LOGO_SIDE, store_picture

PASSWORD = "correct horse battery"
# Hashing is slow on purpose; a test's people share one hash.
hashed = cache(make_password)


class BranchFactory(DjangoModelFactory):
    class Meta:
        model = h.Branch
        django_get_or_create = ("slug",)

    slug = "sochi"
    name = "Сочи"
    name_in = "в Сочи"
    name_of = "Сочи"
    is_default = factory.LazyAttribute(lambda o: o.slug == "sochi")
    host = factory.LazyAttribute(lambda o: "" if o.slug == "sochi" else f"{o.slug}.example.org")
    email = "sochi@example.org"
    phone = "+78622001234"


class CityFactory(DjangoModelFactory):
    class Meta:
        model = h.City
        django_get_or_create = ("name",)

    branch = factory.SubFactory(BranchFactory)
    name = "Сочи"
    region = "Краснодарский край"


class UploadFactory(DjangoModelFactory):
    """The row of a stored picture; nobody opens its file."""

    class Meta:
        model = h.Upload

    is_public = True
    file = factory.Sequence(lambda n: f"public/aa/{n}.webp")
    extension = "webp"
    content_type = "image/webp"
    size = 1


@cache
def _photographed(width: int) -> bytes:
    """Shapes, details and grain: as heavy in each size as a photo is."""
    size = (width, width * 2 // 3)
    picture = Image.new("L", size, 128)
    for blot, contrast in ((200, 70), (50, 35), (12, 18), (3, 9)):
        rough = (max(1, size[0] // blot), max(1, size[1] // blot))
        layer = Image.effect_noise(rough, contrast).resize(size, Image.Resampling.BICUBIC)
        picture = ImageChops.add(picture, layer, 1, -128)
    content = BytesIO()
    picture.convert("RGB").save(content, "JPEG", quality=90)
    return content.getvalue()


def photo(by: h.User | None = None, *, width: int = 1600, public: bool = True) -> h.Upload:
    """A photo that came through the pipeline; a wide one has its small sizes."""
    sent = SimpleUploadedFile("съёмка.jpg", _photographed(width))
    return store_picture(sent, by=by, public=public)


def sign() -> h.Upload:
    """A community's sign: a few even colours."""
    content = BytesIO()
    ImageOps.expand(Image.new("RGB", (300, 300), "orange"), 106, "teal").save(content, "PNG")
    return store_picture(
        SimpleUploadedFile("знак.png", content.getvalue()), by=None, public=True, max_side=LOGO_SIDE
    )


class DistrictFactory(DjangoModelFactory):
    class Meta:
        model = h.District
        django_get_or_create = ("city", "slug")

    city = factory.SubFactory(CityFactory)
    slug = "adler"
    name = "Адлерский"
    lat = 43.43
    lng = 39.92


class UserFactory(DjangoModelFactory):
    class Meta:
        model = h.User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"user{n}@example.org")
    name = factory.Sequence(lambda n: f"Участник Номер{n}")

    @factory.post_generation
    def password(self, create: bool, extracted: str | None, **kwargs: object) -> None:
        if create:
            self.password = hashed(extracted or PASSWORD)
            self.save(update_fields=["password"])
            self.emailaddress_set.create(email=self.email, verified=True, primary=True)


def second_factor(user: h.User) -> h.User:
    """Give `user` a TOTP authenticator, so that staff roles are awake."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(user, generate_totp_secret())
    user.__dict__.pop("second_factor", None)
    for known in ("held_roles", "granted_roles"):
        user.__dict__.pop(known, None)
    return user


def staff(role: RoleKind, branch: h.Branch | None = None, **extra: object) -> h.User:
    """A person who holds `role` (in `branch`; federal staff in none) behind a second factor."""
    user = UserFactory(**extra)
    if role != RoleKind.FEDERAL and branch is None:
        branch = BranchFactory()
    h.Role.objects.create(user=user, role=role, branch=None if role == RoleKind.FEDERAL else branch)
    return second_factor(user)


def coordinator(branch: h.Branch | None = None, **extra: object) -> h.User:
    return staff(RoleKind.COORDINATOR, branch, **extra)


class RoundFactory(DjangoModelFactory):
    class Meta:
        model = c.CensusRound
        django_get_or_create = ("branch", "year")

    branch = factory.SubFactory(BranchFactory)
    year = 2026
    opens_on = factory.LazyAttribute(lambda o: date(o.year, 2, 1))
    closes_on = factory.LazyAttribute(lambda o: date(o.year, 12, 20))
    opened_at = factory.LazyFunction(timezone.now)


class CommunityFactory(DjangoModelFactory):
    """An identity without a record; see `draft`, `submitted`, `approved`, `imported` below."""

    class Meta:
        model = c.Community

    branch = factory.SubFactory(BranchFactory)
    slug = factory.Sequence(lambda n: f"community-{n}")


class StewardshipFactory(DjangoModelFactory):
    class Meta:
        model = c.Stewardship

    community = factory.SubFactory(CommunityFactory)
    user = factory.SubFactory(UserFactory)
    role = StewardRole.LEADER


class RecordFactory(DjangoModelFactory):
    """A complete draft."""

    class Meta:
        model = c.CensusRecord

    community = factory.SubFactory(CommunityFactory)
    round = factory.LazyAttribute(lambda o: RoundFactory(branch=o.community.branch))
    name = factory.Sequence(lambda n: f"Тропа {n}")
    short = "Размечаем и чистим пешие тропы, водим походы выходного дня."
    description = "Начинали вчетвером: после ливня пропала дорожка к водопадам."
    directions = ["place"]
    topics = ["trails"]
    languages = ["ru"]
    founded = 2019
    core_members = 12
    participants = 140
    ages = ["families", "youth"]
    joining = "open"
    format = "live"
    rhythm = "weekly"
    days = ["weekends"]
    schedule = "по субботам, 9:00"
    district = factory.LazyAttribute(lambda o: DistrictFactory(city=CityFactory(branch=o.community.branch)))
    city = factory.LazyAttribute(lambda o: o.district.city)
    place = "Остановка «Мацеста»"
    lat = 43.55
    lng = 39.79
    premises = "none"
    offers = [{"kind": "equipment", "text": "Инструмент на 15 человек"}]
    needs = [{"kind": "room", "text": "Помещение под склад, 8 м²"}]
    money = ["own"]
    legal_form = "none"
    criteria = {"ties": 4, "exchange": 4, "tasks": 5, "ours": 3, "values": 4, "agency": 4}
    scenario = "integration"
    goals = "Проложить тропу к Ахуну"
    dream = "До тропы с разметкой — пятнадцать минут из любого района"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        record = model_class(*args, **kwargs)
        record.fill_keys()
        record.save()
        return record


def draft(
    leader: h.User | None = None, community: c.Community | None = None, **answers: object
) -> c.CensusRecord:
    """A complete draft of a community led by `leader`."""
    community = community or CommunityFactory()
    if not community.stewardships.exists():
        StewardshipFactory(community=community, **({"user": leader} if leader else {}))
    return RecordFactory(community=community, **answers)


def submitted(leader: h.User | None = None, **answers: object) -> c.CensusRecord:
    record = draft(leader, **answers)
    record.state = State.SUBMITTED
    record.submitted_by = record.community.stewardships.get(role=StewardRole.LEADER).user
    record.submitted_at = timezone.now()
    record.save()
    return record


def approved(leader: h.User | None = None, **answers: object) -> c.CensusRecord:
    """An approved record that the city sees in the catalogue."""
    record = submitted(leader, **answers)
    record.state = State.APPROVED
    record.decided_by = UserFactory()
    record.decided_at = timezone.now()
    record.save()
    return _list(record)


def imported(**answers: object) -> c.CensusRecord:
    """A record taken from a table: listed, not confirmed, led by nobody."""
    record = RecordFactory(state=State.IMPORTED, **answers)
    return _list(record)


def _list(record: c.CensusRecord) -> c.CensusRecord:
    community = record.community
    community.current, community.listing, community.listed_at = record, Listing.LISTED, timezone.now()
    community.save()
    return record


# --- events ----------------------------------------------------------------------------------------


class VenueFactory(DjangoModelFactory):
    class Meta:
        model = e.Venue
        django_get_or_create = ("branch", "name")

    branch = factory.SubFactory(BranchFactory)
    name = "Библиотека имени Пушкина"
    address = "Курортный проспект, 32"
    district = factory.SubFactory(DistrictFactory)
    lat = 43.57
    lng = 39.73


#: A Saturday in winter, three in the afternoon in Moscow.
SATURDAY = datetime(2027, 1, 16, 15, tzinfo=ZoneInfo("Europe/Moscow"))


def event(community: c.Community | None = None, **answers: object) -> e.Event:
    """A draft of an event that `community` (led by somebody) holds: two hours on a Saturday."""
    community = community or approved().community
    leader = community.stewardships.get(role=StewardRole.LEADER).user
    starts_at = answers.get("starts_at", SATURDAY)
    answers = {
        "title": "Прогулка по Мацесте", "short": "Идём от остановки до водопадов.", "topics": ["trails"],
        "ages": ["families"], "venue": VenueFactory(), "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
    } | answers  # fmt: skip
    return announce(community, answers, by=leader)


def published(community: c.Community | None = None, **answers: object) -> e.Event:
    """An event in the calendar, approved by a coordinator."""
    draft = event(community, **answers)
    return approve_event(publish(draft, by=draft.created_by), by=UserFactory())


def edited(community: c.Community | None = None, title: str = "Прогулка, но другая") -> e.EventEdit:
    """A published event whose leader has called it otherwise since: the edit waits for a coordinator."""
    event = published(community, title="Прогулка, которую правят")
    edit_event(event, {"title": title}, seen=event.sequence, by=event.created_by)
    return event.edits.get()


def registration(event: e.Event, user: h.User | None = None, number: int = 0) -> e.Registration:
    """`user` (or somebody) registers for the event's date of this number."""
    date = event.occurrences.order_by("was_at")[number]
    return register(date, by=user or UserFactory())


def walk_in(event: e.Event, name: str = "Случайный Гость", people: int = 1) -> e.WalkIn:
    """Somebody who came to the event's first date without registering."""
    date = event.occurrences.order_by("was_at")[0]
    e.Occurrence.objects.filter(pk=date.pk).update(walked_in=date.walked_in + people)
    row = {"name": name, "people": people, "token": secrets.token_hex(16), "added_by": event.created_by}
    return date.walk_ins.create(**row)


def opened(capacity: int | None = None, community: c.Community | None = None, **answers: object) -> e.Event:
    """An event in the calendar that residents register for."""
    return published(community, takes_registrations=True, capacity=capacity, **answers)


# --- calendars of other programs -------------------------------------------------------------------

_links = count()
#: One event of two hours, on the Saturday of `SATURDAY`.
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
X-WR-CALNAME:Наш календарь
BEGIN:VEVENT
UID:walk@example.org
DTSTART;TZID=Europe/Moscow:20270116T150000
DURATION:PT2H
SUMMARY:Прогулка из календаря
END:VEVENT
END:VCALENDAR
"""


def looked_at(
    community: c.Community | None = None, content: str = CALENDAR, url: str = ""
) -> e.RemoteCalendar:
    """A calendar that the leader of `community` looks at and has not connected."""
    community = community or approved().community
    leader = community.stewardships.get(role=StewardRole.LEADER).user
    draft = look_at_file(community, "Наш календарь.ics", content.encode(), by=leader)
    draft.url = url
    draft.save()
    return draft


def remote_calendar(
    community: c.Community | None = None, content: str = CALENDAR, url: str = ""
) -> e.RemoteCalendar:
    """The same, connected; nobody answers at its address, which no other has."""
    draft = looked_at(community, content, url or f"http://127.0.0.1/{next(_links)}.ics")
    return load(connect(draft, by=draft.added_by))


# --- state events ----------------------------------------------------------------------------------


def state_event(asked: bool = True, **answers: object) -> e.Event:
    """A published event of the city itself; `asked`: it asks for volunteers until its day."""
    branch = answers.pop("branch", None) or BranchFactory()
    starts_at = answers.get("starts_at", SATURDAY)
    until = starts_at.astimezone(branch.tz).date()
    draft = announce_state_event(
        branch,
        {"title": "День города", "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=4)} | answers,
        by=staff(RoleKind.ADMINISTRATION, branch),
        asked={"kinds": ["volunteers"], "text": "", "until": until} if asked else None,
    )
    return approve_event(publish(draft, by=draft.created_by), by=UserFactory())


def support(event: e.Event | None = None, community: c.Community | None = None, **columns: object):
    """An offer of `community` that waits for the administration."""
    event, community = event or state_event(), community or approved().community
    leader = community.stewardships.get(role=StewardRole.LEADER).user
    said = {"kinds": ["volunteers"], "how": "Восемь волонтёров на вход", "offered_at": timezone.now()}
    return e.StateEventSupport.objects.create(
        event=event, community=community, branch=event.branch, offered_by=leader, **(said | columns)
    )


def accepted(event: e.Event | None = None, community: c.Community | None = None, **columns: object):
    """One that the administration has accepted."""
    said = {"offer": Offer.ACCEPTED, "answered_by": UserFactory(), "answered_at": timezone.now()}
    return support(event, community, **(said | columns))


def proven(event: e.Event | None = None, community: c.Community | None = None, **columns: object):
    """One whose proof waits for the coordinator."""
    said = {"report": "Встретили 900 гостей", "link": "https://vk.com/wall-1_2"}
    row = accepted(event, community, **(said | columns))
    return _sent(row, row.offered_by)


def confirmed(event: e.Event | None = None, community: c.Community | None = None, **columns: object):
    """One that counts."""
    return _decided(proven(event, community, **columns))


def told_talk(community: c.Community | None = None, **columns: object) -> e.Talk:
    """A talk at a forum elsewhere that waits for the coordinator."""
    community = community or approved().community
    leader = community.stewardships.get(role=StewardRole.LEADER).user
    said = {
        "speaker": leader.name, "user": leader, "topic": "Тропы без бульдозера", "date": date(2026, 11, 18),
        "stage": "Форум «Сообщество»", "place": "Москва, ВДНХ", "link": "https://vk.com/wall-1_2",
    }  # fmt: skip
    talk = e.Talk.objects.create(
        community=community, branch=community.branch, told_by=leader, **(said | columns)
    )
    return _sent(talk, leader)


def talk(community: c.Community | None = None, **columns: object) -> e.Talk:
    """One that counts."""
    return _decided(told_talk(community, **columns))


def _sent(row, by: h.User):
    row.state, row.submitted_by, row.submitted_at = State.SUBMITTED, by, timezone.now()
    row.save()
    return row


def _decided(row):
    row.state, row.decided_by, row.decided_at = State.APPROVED, UserFactory(), timezone.now()
    row.save()
    return row
