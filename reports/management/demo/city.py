"""The demo city becomes rows: straight ones, because what they tell lies in the past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress

from communities.choices import ContactKind, Listing, StewardRole
from communities.diff import label
from communities.keys import address
from communities.models import (
    CensusRecord,
    CensusRound,
    Community,
    Contact,
    FieldDecision,
    Stewardship,
)
from hub import consents
from hub.choices import ConsentKind, State
from hub.models import Branch, City, Consent, District, Revision, User
from reports.actions import indicator_row
from reports.kpis import communities_united
from reports.management.demo.answers import answers_before, answers_of
from reports.management.demo.calendar import Calendar, chance
from reports.management.demo.people import ACCOUNTS, DOMAIN
from reports.management.demo.places import BRANCHES, DISTRICTS, PLANS, REGIONS, ROUNDS, STORIES
from reports.management.demo.story import Story
from reports.models import Datum, Plan

#: Where the consents of invented people were given.
CHANNEL = "demo"


def consent(user: User, kind: ConsentKind, subject: str, at: datetime) -> Consent:
    """A consent to today's wording, given at `at`; not saved."""
    text = consents.current(kind)
    return Consent(
        user=user,
        kind=kind,
        subject=subject,
        given=True,
        text_version=text.version,
        text_hash=text.hash,
        channel=CHANNEL,
        at=at,
    )


class CityBuilder:
    """Builds one branch with its whole past; `build_demo` calls it for each."""

    def __init__(self, slug: str, people: dict[str, User], now: datetime) -> None:
        self.branch = Branch.objects.create(slug=slug, is_demo=True, **BRANCHES[slug])
        self.calendar = Calendar(now, self.branch.tz)
        self.people = people
        self.stories = STORIES[slug]
        self.city = City.objects.create(branch=self.branch, name=self.branch.name, region=REGIONS[slug])
        self.districts = {
            code: District.objects.create(
                city=self.city, slug=code, name=name, position=place, lat=lat, lng=lng
            )
            for place, (code, name, lat, lng) in enumerate(DISTRICTS[slug])
        }
        self.rounds = {ago: self._round(ago) for ago in ROUNDS[slug]}
        self.communities: dict[str, Community] = {}
        self.records: list[tuple[Story, CensusRecord, int]] = []
        self.revisions: list[Revision] = []

    def _round(self, ago: int) -> CensusRound:
        opens = self.calendar.opens(ago)
        return CensusRound.objects.create(
            branch=self.branch,
            year=self.calendar.today.year - ago,
            opens_on=opens,
            closes_on=self.calendar.closes(ago),
            opened_at=self.calendar.at(opens, 9, "round"),
        )

    @property
    def coordinators(self) -> list[User]:
        mine = [a for a in ACCOUNTS if a.role == "coordinator" and a.branch == self.branch.slug]
        return [self.people[account.email] for account in mine]

    def coordinator(self, *words: object) -> User:
        return self.coordinators[int(len(self.coordinators) * chance("who", *words))]

    # --- people and communities ------------------------------------------------------------------

    def build(self) -> None:
        self._leaders()
        self._communities()
        self._answer()
        self._publish()
        self._contacts()
        self._measure()

    def write_trail(self) -> None:
        """Store what `wrote` has gathered, in the order in which it happened."""
        Revision.objects.bulk_create(sorted(self.revisions, key=lambda row: row.at), batch_size=500)

    def _leaders(self) -> None:
        named = {user.name: user for user in self.people.values()}
        new = []
        for story in self.stories:
            if story.leader and story.leader not in named:
                email = f"{address(story.leader)}@{DOMAIN}"
                user = User(email=email, name=story.leader, is_demo=True, date_joined=self._founded(story))
                # A persona: nobody signs in as them.
                user.set_unusable_password()
                named[story.leader] = user
                new.append(user)
        User.objects.bulk_create(new)
        EmailAddress.objects.bulk_create(
            EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in new
        )
        self.leaders = {story.name: named[story.leader] for story in self.stories if story.leader}

    def _founded(self, story: Story) -> datetime:
        """When the community appeared on the portal: a few days before its first questionnaire."""
        if story.imported:
            return self.calendar.at(self.calendar.opens(1) + timedelta(days=20), 12, "import")
        if story.approved:
            return self.calendar.submitted(story, max(story.approved)) - timedelta(days=3, hours=2)
        return self.calendar.ago(story.days_ago + 2, 20, story.name)

    def _communities(self) -> None:
        rows = {}
        for story in self.stories:
            rows[story.name] = Community(
                branch=self.branch, slug=address(story.name), created_at=self._founded(story)
            )
        Community.objects.bulk_create(rows.values())
        self.communities = rows
        Stewardship.objects.bulk_create(
            Stewardship(
                community=rows[story.name],
                user=self.leaders[story.name],
                role=StewardRole.LEADER,
                is_public=bool(story.approved) and chance("name", story.name) < 0.7,
                since=self._founded(story),
            )
            for story in self.stories
            if story.leader
        )

    # --- questionnaires --------------------------------------------------------------------------

    def _answer(self) -> None:
        for story in self.stories:
            for record, ago in self._records_of(story):
                record.fill_keys()
                self.records.append((story, record, ago))
        CensusRecord.objects.bulk_create([record for _, record, _ in self.records], batch_size=200)
        for story, record, ago in self.records:
            self._trace(story, record, ago)
        self._confirm_unchanged()
        self._reasons()

    def _records_of(self, story: Story) -> Iterator[tuple[CensusRecord, int]]:
        """Oldest first, as the keys will be."""
        now = answers_of(story, self.districts)
        community = self.communities[story.name]
        if story.imported:
            at = self._founded(story)
            row = CensusRecord(community=community, round=self.rounds[1], state=State.IMPORTED, **now)
            row.created_at = row.saved_at = at
            yield row, 1
            return
        for ago in sorted(story.approved, reverse=True):
            years = max(0, ago - (0 in story.approved and story.unchanged))
            record = CensusRecord(
                community=community, round=self.rounds[ago], **(answers_before(now, years) if years else now)
            )
            record.state = State.APPROVED if ago == min(story.approved) else State.RETIRED
            record.submitted_at = self.calendar.submitted(story, ago)
            record.submitted_by = self.leaders[story.name]
            record.decided_at = self.calendar.decided(record.submitted_at, story.name, ago)
            record.decided_by = self.coordinator(story.name, ago)
            if self._is_confirmation(story, ago):
                record.decided_at = record.submitted_at
            record.created_at = record.submitted_at - timedelta(days=2, hours=1)
            record.saved_at = record.decided_at
            record.version = record.submitted_version = 2
            yield record, ago
        if story.now:
            yield self._in_work(story, now | story.edit), 0

    @staticmethod
    def _is_confirmation(story: Story, ago: int) -> bool:
        return ago == 0 and story.unchanged and 1 in story.approved

    def _in_work(self, story: Story, answers: dict[str, Any]) -> CensusRecord:
        record = CensusRecord(community=self.communities[story.name], round=self.rounds[0], **answers)
        record.state = State(story.now)
        began = self.calendar.ago(story.days_ago + 1, 20, story.name, "began")
        record.created_at = record.saved_at = began
        record.version = 2
        record.touched = dict.fromkeys(story.edit or answers, 2)
        if story.now == State.DRAFT:
            return record
        record.submitted_at = record.saved_at = self.calendar.ago(story.days_ago, 9, story.name, "sent")
        record.submitted_by = self.leaders[story.name]
        record.version = record.submitted_version = 3
        if story.now == State.RETURNED:
            # Sent some days earlier, looked at `days_ago`.
            record.submitted_at = self.calendar.ago(story.days_ago + 2, 21, story.name, "sent")
            record.created_at = record.submitted_at - timedelta(hours=1)
            record.decided_at = record.saved_at = self.calendar.ago(story.days_ago, 11, story.name, "back")
            record.decided_by = self.coordinator(story.name, "back")
        return record

    def _trace(self, story: Story, record: CensusRecord, ago: int) -> None:
        """The trail that the actions would have left."""
        leader = self.leaders.get(story.name)
        if story.imported:
            self.wrote(record, "import", None, record.created_at)
            return
        first = ago == max((*story.approved, 0 if story.now else -1))
        self.wrote(record, "register" if first else "begin", leader, record.created_at)
        changed = sorted(record.touched) or ["participants", "needs", "criteria"]
        if not self._is_confirmation(story, ago):
            self.wrote(record, "edit", leader, record.created_at + timedelta(minutes=9), changed=changed)
        if record.submitted_at:
            self.wrote(record, "submit", leader, record.submitted_at)
        if record.state in (State.APPROVED, State.RETIRED):
            self.wrote(record, "approve", record.decided_by, record.decided_at)
        if record.state == State.RETURNED:
            note = "\n".join(f"{label(field)}: {reason}" for field, reason in story.reasons.items())
            self.wrote(
                record, "return", record.decided_by, record.decided_at, note=note, changed=story.reasons
            )

    def wrote(
        self,
        row: Any,
        action: str,
        by: User | None,
        at: datetime | None,
        *,
        note: str = "",
        changed: Any = (),
    ) -> None:
        self.revisions.append(
            Revision(
                target=row._meta.label_lower,
                target_id=row.pk,
                action=action,
                actor=by,
                note=note,
                changed=sorted(changed),
                at=at,
            )
        )

    def _confirm_unchanged(self) -> None:
        """This year's record of those who said «ничего не изменилось» points to last year's."""
        earlier = {story.name: record for story, record, ago in self.records if ago == 1}
        confirmed = []
        for story, record, ago in self.records:
            if self._is_confirmation(story, ago) and record.state == State.APPROVED:
                record.confirms = earlier[story.name]
                record.decided_by = record.confirms.decided_by
                confirmed.append(record)
        CensusRecord.objects.bulk_update(confirmed, ["confirms", "decided_by"])

    def _reasons(self) -> None:
        FieldDecision.objects.bulk_create(
            FieldDecision(
                record=record,
                field=field,
                accepted=False,
                reason=reason,
                by=record.decided_by,
                at=record.decided_at,
            )
            for story, record, _ in self.records
            if record.state == State.RETURNED
            for field, reason in story.reasons.items()
        )

    def _publish(self) -> None:
        listed = []
        for story, record, _ in self.records:
            community = self.communities[story.name]
            if record.state in (State.APPROVED, State.IMPORTED):
                community.current, community.listing = record, Listing.LISTED
                listed.append(community)
            if community.listed_at is None and record.state in (
                State.APPROVED,
                State.RETIRED,
                State.IMPORTED,
            ):
                community.listed_at = record.decided_at or record.created_at
        Community.objects.bulk_update(listed, ["current", "listing", "listed_at"])

    # --- contacts and consents -------------------------------------------------------------------

    def _contacts(self) -> None:
        rows, agreed = [], []
        for number, row in enumerate(
            Stewardship.objects.filter(community__branch=self.branch).order_by("pk")
        ):
            name = row.user.name
            agreed.append((row.user, ConsentKind.PROCESSING, "", row.since))
            if row.is_public:
                agreed.append((row.user, ConsentKind.CONTACT, f"name:{row.pk}", row.since))
            phone = f"+7900000{number:04d}" if self.branch.slug == "sochi" else f"+7900001{number:04d}"
            handle = address(name).replace("-", "_")
            rows.append(Contact(stewardship=row, kind=ContactKind.PHONE, value=phone))
            rows.append(
                Contact(
                    stewardship=row,
                    kind=ContactKind.TELEGRAM,
                    value=f"@{handle}_demo",
                    is_public=row.is_public and chance("contact", name) < 0.6,
                )
            )
        self._share_phones(rows)
        Contact.objects.bulk_create(rows)
        agreed += [
            (row.stewardship.user, ConsentKind.CONTACT, f"contact:{row.pk}", row.stewardship.since)
            for row in rows
            if row.is_public
        ]
        Consent.objects.bulk_create(consent(*given) for given in dict.fromkeys(agreed))

    def _share_phones(self, rows: list[Contact]) -> None:
        phones = {row.stewardship.community_id: row for row in rows if row.kind == ContactKind.PHONE}
        for story in self.stories:
            if story.same_phone_as:
                twin = phones[self.communities[story.same_phone_as].pk]
                phones[self.communities[story.name].pk].value = twin.value

    # --- figures ---------------------------------------------------------------------------------

    def _measure(self) -> None:
        """Plans, and for every day since each round opened what would have been measured that night."""
        kpi, row = communities_united, indicator_row(communities_united)
        year = self.calendar.today.year
        Plan.objects.bulk_create(
            Plan(branch=self.branch, indicator=row, year=year - ago, target=target)
            for ago, target in PLANS[self.branch.slug].items()
        )
        data = []
        for ago in self.rounds:
            decided = sorted(
                record.decided_at
                for story, record, of in self.records
                if of == ago and record.state in (State.APPROVED, State.RETIRED) and not story.merged_into
            )
            day, last = self.calendar.opens(ago), self.calendar.today - timedelta(days=1)
            if ago:
                last = min(last, self.calendar.opens(ago - 1) - timedelta(days=1))
            while day <= last:
                night = self.calendar.at(day, 23, "measured")
                value = sum(moment <= night for moment in decided)
                data.append(
                    Datum(
                        branch=self.branch,
                        indicator=row,
                        on=day,
                        value=value,
                        version=kpi.version,
                        measured_at=night,
                    )
                )
                day += timedelta(days=1)
        Datum.objects.bulk_create(data, batch_size=1000)
