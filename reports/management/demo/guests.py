"""Who comes to the demo city's events: its own people register, some have to wait, some were there."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet

from events.actions.registering import register
from events.choices import RegistrationState
from events.models import Event, Occurrence, Registration
from hub.models import User
from reports.management.demo.calendar import chance
from reports.management.demo.city import CityBuilder
from reports.management.demo.people import DOMAIN

#: Title → seats of each date; None: as many as come. Other events need no registration.
SEATS: dict[str, int | None] = {
    "Поход выходного дня": 12,
    "Субботник на тропе": None,
    "Экскурсия по чайным плантациям": 8,
    "Чайная среда": 6,
    "Утреннее купание": None,
    "Громкие чтения": 10,
    "Птичий час": 5,
    "Игротека": 20,
    "Вечер танцев": 16,
    "Лавинная безопасность для всех": 10,
    "Вечер понтийской кухни": 7,
}
#: Dates of each to which people have registered, and how full the nearest one is; the next ones are emptier.
DATES, FULLNESS = 3, (1.3, 0.7, 0.3)
#: So many of the last dates have lists with who was there.
PAST = 2
#: Where nobody counts seats, so many come.
UNCOUNTED = 9


class Guests:
    """Residents of one city: the leaders of its communities, who go to each other's events as well."""

    def __init__(self, city: CityBuilder) -> None:
        self.city = city
        self.people = sorted(
            {user.pk: user for user in city.leaders.values()}.values(), key=lambda u: u.email
        )
        self.newcomer = city.people[f"new@{DOMAIN}"]

    def run(self) -> None:
        for event in Event.objects.in_branch(self.city.branch).published().filter(takes_registrations=True):
            dates = event.occurrences.alive()
            coming = dates.filter(starts_at__gt=self.city.calendar.now + timedelta(hours=3))
            for number, date in enumerate(coming.order_by("starts_at")[:DATES]):
                self._register(date, FULLNESS[number])
            self._were_there(dates.filter(ends_at__lte=self.city.calendar.now).order_by("-starts_at")[:PAST])
        self._newcomer()

    def _who(self, date: Occurrence, part: float) -> list[User]:
        """Other people for each date, the same ones wherever the city is built."""
        in_turn = sorted(self.people, key=lambda user: chance(user.email, date.title, date.was_at))
        return in_turn[: round(part * (date.capacity or UNCOUNTED))]

    def _register(self, date: Occurrence, part: float) -> None:
        for user in self._who(date, part):
            register(date, by=user)

    def _were_there(self, dates: QuerySet[Occurrence]) -> None:
        """Nobody registers for what is over: these are written as they would stand by now."""
        door = self.city.people[f"leader@{DOMAIN}"]
        for date in dates:
            who = self._who(date, 0.9)
            Registration.objects.bulk_create(
                Registration(
                    occurrence=date,
                    user=user,
                    state=RegistrationState.GOING,
                    knows_since=date.starts_at - timedelta(days=5),
                    checked_in_at=date.starts_at if (here := chance(user.email, date.was_at) < 0.8) else None,
                    checked_in_by=door if here else None,
                )
                for user in who
            )
            date.registrations.update(registered_at=date.starts_at - timedelta(days=5))
            Occurrence.objects.filter(pk=date.pk).update(going=len(who))

    def _newcomer(self) -> None:
        """The resident of the demo goes to one thing and waits for another."""
        now = self.city.calendar.now + timedelta(hours=3)
        open_dates = Occurrence.objects.in_branch(self.city.branch).listed().alive()
        open_dates = open_dates.filter(takes_registrations=True, starts_at__gt=now).order_by("starts_at")
        for date in (open_dates.filter(waiting__gt=0).first(), open_dates.filter(waiting=0).first()):
            if date:
                register(date, by=self.newcomer)
