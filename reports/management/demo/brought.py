"""A community of the demo city keeps its calendar in another program, and has brought it as a file."""

from __future__ import annotations

from datetime import date, timedelta

from events.actions.connecting import connect, look_at_file
from events.actions.following import load
from reports.management.demo.city import CityBuilder

WHOSE = "Кудепста читает"
FILE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Yandex LLC//Yandex Calendar//EN
BEGIN:VEVENT
UID:evening@kudepsta.example
DTSTART;TZID=Europe/Moscow:{thursday}T190000
DTEND;TZID=Europe/Moscow:{thursday}T203000
RRULE:FREQ=WEEKLY;COUNT=12
SUMMARY:Читаем вслух по четвергам
LOCATION:Кудепста, сквер у маяка
DESCRIPTION:Рассказ на один вечер. Приходите и просто послушать, книги есть на месте.
END:VEVENT
BEGIN:VEVENT
UID:evening@kudepsta.example
RECURRENCE-ID;TZID=Europe/Moscow:{moved}T190000
DTSTART;TZID=Europe/Moscow:{moved}T173000
DTEND;TZID=Europe/Moscow:{moved}T190000
SUMMARY:Читаем вслух по четвергам
COMMENT:Раньше на полтора часа: в сквере отключают свет
END:VEVENT
BEGIN:VEVENT
UID:swap@kudepsta.example
DTSTART;VALUE=DATE:{saturday}
SUMMARY:Книгообмен на набережной
LOCATION:Набережная Кудепсты
DESCRIPTION:Приносите прочитанное, забирайте непрочитанное. В дождь — под навесом кафе.
END:VEVENT
BEGIN:VEVENT
UID:board@kudepsta.example
DTSTART;TZID=Europe/Moscow:{saturday}T100000
SUMMARY:Планёрка
CLASS:PRIVATE
END:VEVENT
END:VCALENDAR
"""


def _on(today: date, weekday: int, weeks: int = 0) -> str:
    """The next such day of the week, as calendars write it."""
    day = today + timedelta(days=(weekday - today.weekday()) % 7 or 7, weeks=weeks)
    return f"{day:%Y%m%d}"


def bring_calendar(city: CityBuilder) -> None:
    """Its events stand in the calendar, beside the private one that is left out."""
    community, leader = city.communities[WHOSE], city.leaders[WHOSE]
    today = city.calendar.today
    file = FILE.format(thursday=_on(today, 3), moved=_on(today, 3, 2), saturday=_on(today, 5, 1))
    load(connect(look_at_file(community, "Кудепста.ics", file.encode(), by=leader), by=leader))
