"""Rules in words: those of our form, and those that arrive from calendars of other programs."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from events.rule_words import rule_words
from tests.factories import SATURDAY

#: SATURDAY is the 16th of January 2027, 15:00, the third one of its month.
EVERY_MONTH = "FREQ=MONTHLY;"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("", ""),
        # days
        ("FREQ=DAILY", "каждый день"),
        ("FREQ=DAILY;COUNT=5", "каждый день, 5 раз"),
        ("FREQ=DAILY;INTERVAL=3", "раз в 3 дня"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "по будням"),
        # weeks
        ("FREQ=WEEKLY", "каждую субботу"),
        ("FREQ=WEEKLY;BYDAY=SA", "каждую субботу"),
        ("FREQ=WEEKLY;BYDAY=MO;WKST=SU", "каждый понедельник"),
        ("FREQ=WEEKLY;BYDAY=SU", "каждое воскресенье"),
        ("FREQ=WEEKLY;BYDAY=TH,TU", "каждую неделю: вт и чт"),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR", "каждую неделю: пн, ср и пт"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "по будням"),
        ("FREQ=WEEKLY;BYDAY=SA,SU", "по выходным"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "каждый день"),
        ("FREQ=WEEKLY;INTERVAL=2", "раз в 2 недели: сб"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "раз в 2 недели: вт"),
        ("FREQ=WEEKLY;INTERVAL=5;BYDAY=MO,WE", "раз в 5 недель: пн и ср"),
        ("FREQ=WEEKLY;BYMONTH=6,7,8", "каждую субботу, только июнь, июль и август"),
        # months, by the weekday
        (EVERY_MONTH + "BYDAY=3SA", "каждую третью субботу месяца"),
        (EVERY_MONTH + "BYDAY=+1WE", "каждую первую среду месяца"),
        (EVERY_MONTH + "BYDAY=2TU", "каждый второй вторник месяца"),
        (EVERY_MONTH + "BYDAY=-1SU", "каждое последнее воскресенье месяца"),
        (EVERY_MONTH + "BYDAY=-2FR", "каждую предпоследнюю пятницу месяца"),
        (EVERY_MONTH + "BYDAY=5SA", "каждую пятую субботу месяца (если такой день есть)"),
        (EVERY_MONTH + "BYDAY=1SA,3SA", "каждую первую и третью субботу месяца"),
        (EVERY_MONTH + "BYDAY=3WE,1MO", "каждый первый понедельник и каждую третью среду месяца"),
        (EVERY_MONTH + "BYDAY=SA;BYSETPOS=3", "каждую третью субботу месяца"),
        (EVERY_MONTH + "BYDAY=SA", "каждую субботу"),
        (EVERY_MONTH + "INTERVAL=2;BYDAY=2TU", "раз в 2 месяца, во второй вторник"),
        (EVERY_MONTH + "INTERVAL=3;BYDAY=1MO", "раз в 3 месяца, в первый понедельник"),
        # months, by the working day
        (EVERY_MONTH + "BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "каждый последний будний день месяца"),
        (EVERY_MONTH + "BYDAY=FR,TH,WE,TU,MO;BYSETPOS=1", "каждый первый будний день месяца"),
        (EVERY_MONTH + "BYDAY=SA,SU;BYSETPOS=1", "каждый первый выходной день месяца"),
        (EVERY_MONTH + "BYDAY=SU,MO,TU,WE,TH,FR,SA;BYSETPOS=-1", "каждый последний день месяца"),
        # months, by the date
        ("FREQ=MONTHLY", "каждое 16-е число"),
        (EVERY_MONTH + "BYMONTHDAY=15", "каждое 15-е число"),
        (EVERY_MONTH + "BYMONTHDAY=15,1", "каждое 1-е и 15-е число"),
        (EVERY_MONTH + "BYMONTHDAY=31", "каждое 31-е число (если такой день есть)"),
        (EVERY_MONTH + "BYMONTHDAY=-1", "каждый последний день месяца"),
        (EVERY_MONTH + "BYMONTHDAY=15,-1", "каждое 15-е число и каждый последний день месяца"),
        (EVERY_MONTH + "INTERVAL=2;BYMONTHDAY=1,15", "раз в 2 месяца, 1-го и 15-го числа"),
        (EVERY_MONTH + "BYMONTHDAY=1;BYMONTH=9,10", "каждое 1-е число, только сентябрь и октябрь"),
        # years
        ("FREQ=YEARLY", "каждый год, 16 января"),
        ("FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=9", "каждый год, 9 мая"),
        ("FREQ=YEARLY;BYMONTH=5;BYDAY=3SA", "каждый год, в третью субботу мая"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1", "каждый год, в последний день декабря"),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", "раз в 4 года, 29 февраля (если такой день есть)"),
        ("FREQ=YEARLY;BYMONTH=5,9;BYMONTHDAY=1", "каждое 1-е число, только май и сентябрь"),
        ("FREQ=YEARLY;BYMONTH=7;BYDAY=SA", "каждую субботу, только июль"),
        # ends
        ("FREQ=WEEKLY;COUNT=3", "каждую субботу, 3 раза"),
        ("FREQ=WEEKLY;UNTIL=20270530", "каждую субботу, до 30.05.2027"),
        ("FREQ=WEEKLY;UNTIL=20270530T205959Z", "каждую субботу, до 30.05.2027"),
        ("FREQ=WEEKLY;UNTIL=20270130T115959Z", "каждую субботу, до 29.01.2027"),
        # what would have to be guessed
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "по своему расписанию"),
        ("FREQ=MONTHLY;BYDAY=MO,WE;BYSETPOS=2", "по своему расписанию"),
        ("FREQ=MONTHLY;BYDAY=-3SA", "по своему расписанию"),
        ("FREQ=MONTHLY;INTERVAL=2;BYDAY=SA", "по своему расписанию"),
        ("FREQ=MONTHLY;BYDAY=SA,1MO", "по своему расписанию"),
        ("FREQ=YEARLY;BYDAY=20MO", "по своему расписанию"),
        ("FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1", "по своему расписанию"),
        ("FREQ=DAILY;INTERVAL=2;BYDAY=MO;COUNT=2", "по своему расписанию, 2 раза"),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=5,9;UNTIL=20300101", "по своему расписанию, до 01.01.2030"),
    ],
)
def test_rules_in_words(rule, words):
    assert rule_words(rule, SATURDAY) == words


def test_a_leap_day_is_one_that_not_every_year_has():
    starts_at = datetime(2028, 2, 29, 12, tzinfo=ZoneInfo("Europe/Moscow"))
    assert rule_words("FREQ=YEARLY", starts_at) == "каждый год, 29 февраля (если такой день есть)"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=WEEKLY;BYDAY=TU,TH", "every week: Tue and Thu"),
        ("FREQ=MONTHLY;BYDAY=3SA;COUNT=2", "every third Saturday of the month, 2 times"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "on day 1 and 15 of each month"),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=15", "every 2 months, on day 15"),
        ("FREQ=YEARLY;BYMONTH=5;BYDAY=-1SU", "every year, on the last Sunday of May"),
    ],
)
def test_in_english(rule, words):
    with translation.override("en"):
        assert rule_words(rule, SATURDAY) == words
