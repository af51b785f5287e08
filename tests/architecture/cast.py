"""The people and things of the permission table: one small city, and its neighbour."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone
from PIL import Image

from communities.actions.imports import plan_import, receive_table, run_import, start_import
from communities.actions.merging import merge_communities
from communities.choices import StewardRole
from communities.models import Claim, Invitation
from communities.notifications import APPROVED, RETURNED
from events.actions.announcing import invite_organiser, publish
from events.actions.feeds import make_feed, token_of
from hub.choices import DeliveryState, RoleKind, State
from hub.models import Delivery, Notification, User
from hub.outbox import notify
from hub.outbox.kinds import ACCOUNT
from hub.outbox.letters import unsubscribe_path
from hub.uploads import store_document, store_picture
from tests import factories as f

#: The columns of the table, in this order.
ROLES = ["anonymous", "member", "other", "leader", "foreign", "coordinator", "official", "federal"]


def picture() -> bytes:
    content = BytesIO()
    Image.new("RGB", (64, 64), "teal").save(content, "PNG")
    return content.getvalue()


@dataclass
class Cast:
    people: dict[str, User | None] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def client(self, role: str) -> Client:
        """A new client of this person, who has signed in once for all of them."""
        client = Client(raise_request_exception=False)
        if person := self.people[role]:
            if role not in self.keys:
                client.force_login(User.objects.get(pk=person.pk))
                self.keys[role] = client.cookies[settings.SESSION_COOKIE_NAME].value
            client.cookies[settings.SESSION_COOKIE_NAME] = self.keys[role]
        return client


#: How far what was told to the leader got: one of each.
_STATES: list[dict[str, Any]] = [
    {"state": DeliveryState.FAILED, "error": "SMTPRecipientsRefused 550"},
    {"state": DeliveryState.FAILED, "error": "ConnectionRefusedError"},
    {"state": DeliveryState.QUEUED, "error": "SMTPRecipientsRefused 451"},
    {"state": DeliveryState.SKIPPED, "error": "muted"},
    {"state": DeliveryState.HELD},
    {"state": DeliveryState.SENT},
]


def tell(leader: User, branch: Any) -> list[Delivery]:
    """Notifications of every kind of look, the last one read: their deliveries, the first one failed."""
    reasons = [{"label": "Место", "reason": "Укажите вход со двора. " * 15}]
    for number, state in enumerate(_STATES):
        key = f"told:{number}"
        kind = RETURNED if number < 2 else APPROVED
        context = {"name": "Тропа", "reasons": reasons}
        notify(kind, key=key, branch=branch, user=leader, context=context, path="/cabinet/")
        Delivery.objects.filter(notification__key=key).update(**state)
    Notification.objects.filter(key=key).update(read_at=Now())
    notify(ACCOUNT, key="told:account", branch=branch, user=leader, subject="Вход", context={"text": "Вход"})
    return list(Delivery.objects.filter(branch=branch).order_by("pk"))


def make_cast() -> Cast:
    """Everybody of ROLES, and a thing of each kind, all of branch «Сочи».

    `leader` leads the community of every record here; `other` leads another one; `foreign` is a
    coordinator of another branch.
    """
    branch = f.BranchFactory()
    cast = Cast()
    leader = f.UserFactory()
    cast.people = {
        "anonymous": None,
        "member": f.UserFactory(),
        "other": f.UserFactory(),
        "leader": leader,
        "foreign": f.coordinator(f.BranchFactory(slug="kazan", name="Казань", name_in="в Казани")),
        "coordinator": f.coordinator(branch),
        "official": f.staff(RoleKind.ADMINISTRATION, branch),
        "federal": f.staff(RoleKind.FEDERAL),
    }
    public = f.approved(leader)
    draft = f.draft(leader)
    waiting = f.submitted(leader)
    imported = f.imported()
    f.draft(cast.people["other"])
    claim = Claim.objects.create(
        community=imported.community,
        text="Веду с основания",
        state=State.SUBMITTED,
        submitted_by=cast.people["other"],
        submitted_at=waiting.submitted_at,
    )
    helper = f.StewardshipFactory(community=public.community, role=StewardRole.CO_LEADER)
    invitation = Invitation.objects.create(
        community=public.community, token_hash="0" * 64, created_by=leader, expires_at="2100-01-01T00:00Z"
    )
    coordinator = cast.people["coordinator"]
    batch, _dropped = receive_table(
        branch,
        filename="census.csv",
        content="Город;Название;Описание\nСочи;Клуб чтения вслух;Читаем по средам\nВымышленск;Хор;Поём\n".encode(),
        by=coordinator,
    )
    ran, _dropped = receive_table(
        branch,
        filename="far.csv",
        content="Город;Название;Описание\nВымышленск;Далёкий хор;Поём\n".encode(),
        by=coordinator,
    )
    for table in (batch, ran):
        plan_import(table)
        table.refresh_from_db()
    run_import(start_import(ran, by=coordinator))
    spare, target = f.approved().community, f.approved().community
    merge = merge_communities(spare, target, by=coordinator)
    proof = store_document(SimpleUploadedFile("снимок.png", picture()), by=cast.people["other"])
    Claim.objects.filter(pk=claim.pk).update(proof=proof)
    logo = store_picture(SimpleUploadedFile("logo.png", picture()), by=leader, public=True)
    folder, name = logo.file.name.split("/")[1:]
    told = tell(leader, branch)
    on = f.published(public.community, title="Прогулка", rrule="FREQ=WEEKLY;COUNT=3")
    planned = f.event(public.community, title="Задумка")
    series = f.published(public.community, title="Тропа по субботам", rrule="FREQ=WEEKLY;COUNT=4")
    noted = f.event(public.community, title="Черновик похода")
    sent = f.event(public.community, title="Ждёт решения")
    publish(sent, by=leader)
    edited = f.edited(public.community)
    joint = f.event(target, title="Общий субботник")
    invited = invite_organiser(joint, public.community, by=joint.created_by)
    opened = f.opened(2, public.community, title="Мастерская по записи")
    guest = f.registration(opened, cast.people["member"])
    walk_in = f.walk_in(opened)
    looked, remote = f.looked_at(public.community), f.remote_calendar(public.community)
    own = make_feed(branch, sources=["communities"], filters={}, by=cast.people["other"])
    city = f.state_event(title="День города")
    offered = f.support(city, public.community)
    agreed = f.accepted(f.state_event(title="Субботник"), public.community)
    shown = f.proven(f.state_event(title="Крещенские купания"), public.community)
    kept = f.confirmed(f.state_event(title="День моря", starts_at=timezone.now()), public.community)
    # Something this weekend, and a state event that is over.
    today = timezone.localtime()
    sunday = today.replace(hour=20, minute=0, second=0, microsecond=0) + timedelta(days=6 - today.weekday())
    f.published(public.community, title="Чай по воскресеньям", starts_at=sunday, place="Веранда")
    f.confirmed(f.state_event(title="День Победы", starts_at=today - timedelta(days=200)), public.community)
    spoken = f.told_talk(public.community)
    heard = f.talk(public.community, topic="Хоры города", date=timezone.localdate())
    cast.things = {
        "city": city.pk,
        "offered": offered.pk,
        "agreed": agreed.pk,
        "shown": shown.pk,
        "kept": kept.event_id,
        "spoken": spoken.pk,
        "heard": heard.pk,
        "looked": looked.pk,
        "remote": remote.pk,
        "brought": remote.imported.get().event_id,
        "open": opened.slug,
        "open_pk": opened.pk,
        "open_date": opened.occurrences.get().pk,
        "guest": guest.pk,
        "walk_in": walk_in.pk,
        "own_feed": token_of(own),
        "told": told[0].notification_id,
        "undelivered": told[0].pk,
        "way_out": unsubscribe_path(leader, APPROVED.code).strip("/").rpartition("/")[2],
        "event": on.slug,
        "planned": planned.slug,
        "batch": batch.pk,
        "ran": ran.pk,
        "row": ran.rows.get().pk,
        "merge": merge.pk,
        "target": target.pk,
        "proof": proof.pk,
        "folder": folder,
        "file": name.partition(".")[0],
        "imported_pk": imported.community.pk,
        "public": public.community.slug,
        "imported": imported.community.slug,
        "draft": draft.pk,
        "waiting": waiting.pk,
        "approved": public.pk,
        "community": public.community.pk,
        "claim": claim.pk,
        "helper": helper.pk,
        "invitation": invitation.pk,
        "round": public.round.pk,
        "series": series.pk,
        "date": series.occurrences.order_by("pk").last().pk,
        "organiser": series.organisers.get().pk,
        "noted": noted.pk,
        "sent": sent.pk,
        "edited": edited.pk,
        "venue": on.venue_id,
        "invited": invited.pk,
    }
    return cast
