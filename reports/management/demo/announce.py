"""The demo city's events become rows, by the same actions that people use: so their dates are right."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from communities.models import Community
from events.actions.announcing import (
    announce,
    answer_invitation,
    approve_event,
    edit_event,
    invite_organiser,
    publish,
    return_event,
)
from events.actions.changing import cancel_event, cancel_occurrence, move_occurrence
from events.actions.trusting import trust
from events.actions.venues import add_venue
from events.forms.repeats import Pattern, rule_of
from events.models import Event, Venue
from hub.models import User
from reports.management.demo.brought import bring_calendar
from reports.management.demo.city import CityBuilder
from reports.management.demo.city_year import CityYear
from reports.management.demo.guests import SEATS, Guests
from reports.management.demo.happenings import HAPPENINGS, VENUES, Happening
from reports.management.demo.meetings import meetings
from reports.management.demo.told import said

#: The coordinator knows them: their events come out at once.
TRUSTED = ("Тропа 862", "Моржи «Ривьеры»", "Кудепста читает")


class Announcer:
    """Announces the events of one city; asks each community's own leader."""

    def __init__(self, city: CityBuilder) -> None:
        self.city = city
        self.boss = city.coordinators[0]
        self.venues = {key: self._venue(*told) for key, told in VENUES.items()}

    def _venue(self, name: str, address: str, district: str, lat: float, lng: float, roomy: bool) -> Venue:
        answers = {"name": name, "address": address, "district": self.city.districts[district]}
        return add_venue(
            self.city.branch, answers | {"lat": lat, "lng": lng, "is_roomy": roomy}, by=self.boss
        )

    def run(self) -> None:
        for name in TRUSTED:
            trust(self.city.communities[name], by=self.boss)
        holding = {told.community for told in HAPPENINGS if told.repeats != "no"}
        for told in (*HAPPENINGS, *meetings(self.city.stories, holding)):
            self._tell(told)

    def _tell(self, told: Happening) -> None:
        community, leader = self._of(told.community)
        event = announce(community, self._answers(told), by=leader)
        for name in told.together:
            guest, guest_leader = self._of(name)
            answer_invitation(invite_organiser(event, guest, by=leader), True, by=guest_leader)
        if told.state == "draft":
            return
        event = publish(event, by=leader)
        if told.state == "returned":
            return_event(event, reason=told.why, by=self.boss)
        elif told.state != "submitted" and event.decided_at is None:
            event = approve_event(event, by=self.boss)
        for name in told.invited:
            invite_organiser(event, self._of(name)[0], by=leader)
        self._change(event, told, leader)

    def _change(self, event: Event, told: Happening, leader: User) -> None:
        if told.state == "cancelled":
            cancel_event(event, reason=told.why, by=leader)
        dates = list(event.occurrences.order_by("was_at"))
        if told.moved:
            number, days, note = told.moved
            one, by = dates[number], timedelta(days=days)
            move_occurrence(one, one.starts_at + by, one.ends_at + by, note=note, by=leader)
        if told.edited:
            fresh = Event.objects.get(pk=event.pk)
            edit_event(fresh, {"place": told.edited}, seen=fresh.sequence, by=leader)
        if told.off:
            number, note = told.off
            cancel_occurrence(dates[number], note=note, by=leader)

    def _of(self, name: str) -> tuple[Community, User]:
        return self.city.communities[name], self.city.leaders[name]

    def _venue_of(self, told: Happening) -> Venue:
        """The hall that it names, or where the community is at home."""
        if told.venue:
            return self.venues[told.venue]
        story = next(story for story in self.city.stories if story.name == told.community)
        name = (story.host or story.place)[:120]
        if name not in self.venues:
            self.venues[name] = self._venue(name, story.place[:200], story.district, *story.at, True)
        return self.venues[name]

    def _answers(self, told: Happening) -> dict[str, Any]:
        today = self.city.calendar.today
        day = today - timedelta(days=today.weekday()) + timedelta(weeks=told.week, days=told.day)
        starts_at = datetime.combine(day, time.min if told.all_day else time(*told.at), self.city.branch.tz)
        length = timedelta(days=1) if told.all_day else timedelta(hours=told.hours)
        pattern = Pattern(told.repeats, count=told.count or None)
        return {
            "title": told.title, "short": told.short, "description": told.about, "place": told.place,
            "topics": list(told.topics), "ages": list(told.ages), "venue": self._venue_of(told),
            "is_free": not told.price, "price": told.price, "starts_at": starts_at, "ends_at": starts_at + length,
            "takes_registrations": told.title in SEATS, "capacity": SEATS.get(told.title),
            "all_day": told.all_day, "rrule": rule_of(pattern, starts_at, all_day=told.all_day),
        }  # fmt: skip


def announce_events(city: CityBuilder) -> None:
    """All events of `city`; what people were told of them is old news, nothing of it goes anywhere."""
    at = city.calendar.now - timedelta(hours=1)  # written last, so the newest in everybody's inbox
    with said(at, city.calendar.now):
        announcer = Announcer(city)
        announcer.run()
        bring_calendar(city)
        Guests(city).run()
        year = CityYear(city, announcer.venues)
        year.run()
    year.read_own_news()
