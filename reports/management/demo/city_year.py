"""The demo city's year: its own events, who supported them and how far that got, and the talks of its leaders."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import cycle
from typing import Any

from events.actions.announcing import publish
from events.actions.state_events import announce_state_event, trust_administration
from events.choices import Offer
from events.models import Event, StateEventSupport, SupportRequest, Talk, Venue
from events.notifications import APPROVED
from hub.choices import State
from hub.models import Notification, User
from reports.actions import indicator_row
from reports.kpis import KPIS, state_events_supported, talks_given
from reports.management.demo.calendar import chance
from reports.management.demo.city import CityBuilder
from reports.management.demo.clocks import backdated
from reports.management.demo.people import DOMAIN
from reports.management.demo.state_year import CITY_YEAR, TALKS, CityEvent, Helper
from reports.models import Datum, Plan

#: What lies before and after today of what the city knows by now.
BACK, AHEAD = timedelta(days=364), timedelta(days=45)
#: Answers are awaited until so many days before an event; so soon after it nobody has shown anything yet.
ANSWERS, JUST_OVER, IN_THE_QUEUE = timedelta(days=7), 3, 13
#: Days between two talks.
PACE = 8
PLANS = {state_events_supported: 30, talks_given: 60}
_REASON = "Фотография не открывается. Пришлите, пожалуйста, другую ссылку."


class CityYear:
    """Tells the year of one city; its events by the actions of people, what came of them as rows of the past."""

    def __init__(self, city: CityBuilder, venues: dict[str, Venue]) -> None:
        self.city, self.venues, self.calendar = city, venues, city.calendar
        #: What the administration says to those who offer help to what is still to come.
        self.answers = cycle([Offer.ACCEPTED, Offer.DECLINED, Offer.OFFERED])
        self.official: User = city.people[f"administration@{DOMAIN}"]

    def run(self) -> None:
        trust_administration(self.city.branch, by=self.city.coordinators[0])
        events = [(self._event(told, day), told) for told, day in self._days()]
        self.city.revisions.clear()
        with backdated():
            for number, (event, told) in enumerate(events):
                for place, helper in enumerate(told.helped):
                    coming = event.starts_at > self.calendar.now
                    if coming or chance("helped", told.title, place) < (0.94 if place == 0 else 0.7):
                        self._support(event, helper, number + place)
            for number in range(len(TALKS)):
                self._talk(number)
            self.city.write_trail()
            self._measure()

    def read_own_news(self) -> None:
        """What the administration published itself is no news to it."""
        mine = Notification.objects.filter(user=self.official, kind=APPROVED.code)
        mine.update(read_at=self.calendar.now)

    def _days(self) -> list[tuple[CityEvent, date]]:
        """Each event of the year on its day that is near enough to today."""
        today = self.calendar.today
        found = [
            (told, date(today.year + turn, told.month, told.day)) for told in CITY_YEAR for turn in (-1, 0, 1)
        ]
        return sorted(
            (pair for pair in found if today - BACK < pair[1] <= today + AHEAD), key=lambda pair: pair[1]
        )

    def _event(self, told: CityEvent, day: date) -> Event:
        starts_at = datetime.combine(day, time(*told.at), self.city.branch.tz)
        answers = {
            "title": told.title, "short": told.short, "venue": self.venues[told.venue], "topics": list(told.topics),
            "ages": [], "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=told.hours),
        }  # fmt: skip
        asked = {"kinds": list(told.asks), "text": told.text, "until": day - ANSWERS}
        event = publish(
            announce_state_event(self.city.branch, answers, by=self.official, asked=asked), by=self.official
        )
        # The city plans half a year ahead.
        said = min(starts_at - timedelta(days=50), self.calendar.now - timedelta(hours=2))
        Event.objects.filter(pk=event.pk).update(created_at=said, submitted_at=said, decided_at=said)
        SupportRequest.objects.filter(event=event).update(asked_at=said)
        return event

    # --- support -------------------------------------------------------------------------------------

    def _support(self, event: Event, helper: Helper, number: int) -> None:
        community, leader = self.city.communities[helper.community], self.city.leaders[helper.community]
        day = event.starts_at.astimezone(event.tz).date()
        gone = (self.calendar.today - day).days
        offered = self.calendar.at(day - timedelta(days=30 + number % 9), 20, helper.community, "offer")
        support = StateEventSupport(
            event=event, community=community, branch=self.city.branch, kinds=[helper.kind], how=helper.how,
            people=helper.people, offered_by=leader, offered_at=offered,
        )  # fmt: skip
        trail: list[tuple[str, User, datetime, str]] = [("offer", leader, offered, "")]
        answer = next(self.answers) if gone <= 0 else Offer.ACCEPTED
        if answer != Offer.OFFERED:
            self._answer(support, trail, declined=answer == Offer.DECLINED)
        if support.offer == Offer.ACCEPTED and gone > JUST_OVER:
            self._prove(support, helper, trail, day, gone, number)
        support.save()
        for action, by, at, note in trail:
            self.city.wrote(support, action, by, at, note=note)

    def _answer(self, support: StateEventSupport, trail: list[Any], *, declined: bool) -> None:
        support.offer = Offer.DECLINED if declined else Offer.ACCEPTED
        support.answer = (
            "Спасибо! Здесь людей уже хватает, ждём вас на следующем событии." if declined else ""
        )
        support.answered_by = self.official
        support.answered_at = self.calendar.decided(support.offered_at, support.how)
        trail.append(
            ("decline" if declined else "accept", self.official, support.answered_at, support.answer)
        )

    def _prove(
        self, support: StateEventSupport, helper: Helper, trail: list[Any], day: date, gone: int, number: int
    ) -> None:
        support.report = helper.done
        support.link = f"https://vk.com/{support.community.slug.replace('-', '_')}_demo"
        sent = self.calendar.at(day + timedelta(days=2 + number % 2), 21, helper.community, "proof")
        support.submitted_at, support.submitted_by = sent, support.offered_by
        support.decide_by = sent + timedelta(days=4)
        trail.append(("submit", support.offered_by, sent, ""))
        if gone <= IN_THE_QUEUE:
            returned = number % 4 == 3
            support.state = State.RETURNED if returned else State.SUBMITTED
            if returned:
                self._decide(support, trail, number, "return", _REASON)
            return
        support.state = State.APPROVED
        self._decide(support, trail, number, "approve", "")

    def _decide(self, row: Any, trail: list[Any], number: int, verb: str, note: str) -> None:
        row.decided_by = self.city.coordinators[number % len(self.city.coordinators)]
        row.decided_at = self.calendar.decided(row.submitted_at, verb, number)
        trail.append((verb, row.decided_by, row.decided_at, note))

    # --- talks ---------------------------------------------------------------------------------------

    def _talk(self, number: int) -> None:
        name, topic, stage, place = TALKS[number]
        community, leader = self.city.communities[name], self.city.leaders[name]
        day = self.calendar.today - timedelta(days=4 + number * PACE)
        told = self.calendar.at(day + timedelta(days=1), 21, topic)
        talk = Talk(
            branch=self.city.branch, community=community, speaker=leader.name, user=leader, topic=topic, date=day,
            stage=stage, place=place, link=f"https://vk.com/{community.slug.replace('-', '_')}_demo",
            told_by=leader, told_at=told, state=State.SUBMITTED, submitted_by=leader, submitted_at=told,
            decide_by=told + timedelta(days=4),
        )  # fmt: skip
        trail: list[Any] = [("tell", leader, told, ""), ("submit", leader, told, "")]
        if number == 2:
            talk.state = State.RETURNED
            self._decide(
                talk, trail, number, "return", "Пришлите, пожалуйста, программу с темой вашего выступления."
            )
        elif number > 1:
            talk.state = State.APPROVED
            self._decide(talk, trail, number, "approve", "")
        talk.save()
        for action, by, at, note in trail:
            self.city.wrote(talk, action, by, at, note=note)

    # --- figures -------------------------------------------------------------------------------------

    def _measure(self) -> None:
        """Plans, and for every day of the year what would have been measured that night."""
        today, branch, data = self.calendar.today, self.city.branch, []
        for kpi in KPIS:
            if kpi not in PLANS:
                continue
            row = indicator_row(kpi)
            Plan.objects.create(branch=branch, indicator=row, year=today.year, target=PLANS[kpi])
            counted = list(kpi.evidence(branch, today.year).values_list("counted_at", flat=True))
            day = date(today.year, 1, 1)
            while day < today:
                night = self.calendar.at(day, 23, "measured", kpi.code)
                value = sum(moment <= night for moment in counted)
                data.append(
                    Datum(
                        branch=branch, indicator=row, on=day, value=value, version=kpi.version, measured_at=night
                    )
                )  # fmt: skip
                day += timedelta(days=1)
        Datum.objects.bulk_create(data, batch_size=1000)
