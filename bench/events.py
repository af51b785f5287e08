"""Events of every branch and the times when they happen, made by the database itself: a million rows in a minute."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection

from bench.words import COMMON, COMMON_SHARE, MIDDLE, MIDDLE_SHARE, Language

#: How many times a year something happens in a branch; so many of ten are events of one time.
OCCURRENCES = {"S": 1_500, "L": 20_000, "empty": 0}
SINGLE = 0.7
#: A series happens weekly, so many times.
DATES = 30
VENUES = 60
TEXTS = 2_000
#: So many communities help each state event; talks of a branch.
HELPERS = 3
TALKS = {"S": 60, "L": 2_000}
#: What is over on this day has been decided on.
OVER = "date '2026-11-20'"
#: The first of the days that are filled, and how many they are.
SINCE, DAYS = "2026-07-01", 365
TOPICS = "'{ecology,sport}', '{music}', '{children,learning}', '{trails}', '{charity,books}', '{yards}'"


def some(salt: int, most: int) -> str:
    """A number from 0 to `most` - 1 that looks like chance, the same each time."""
    return f"mod(hashint8extended(made.pk, {salt}) & 1073741823, {most})"


def fill(label: str, source: str, **columns: str) -> None:
    """INSERT … SELECT: `columns` are SQL over the rows `made`; whatever else the model has gets its default."""
    model: Any = apps.get_model(label)
    names, values, given = [], [], []
    for field in model._meta.concrete_fields:
        by_database = field.has_db_default() and not field.has_default()
        if field.generated or (field.attname not in columns and (by_database or field.attname == "id")):
            continue
        names.append(f'"{field.column}"')
        if field.attname in columns:
            values.append(columns[field.attname])
        elif getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            values.append("timestamptz '2026-11-20 09:00Z'")
        else:
            values.append(f"%s::{field.db_type(connection)}")
            given.append(field.get_db_prep_save(field.get_default(), connection))
    table = model._meta.db_table
    statement = f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM ({source}) AS made"
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM {table}))"
        )


def _text(number: int, language: Language) -> tuple[str, str, str]:
    """Title, short text and description; two words stand in a known share of them."""
    title, short, body = language.text(5)[:100], language.text(14)[:200], language.text(80)[:3900]
    if number % round(1 / MIDDLE_SHARE) == 0:
        title = f"{title} {MIDDLE}"
    if number % round(1 / COMMON_SHARE) == 0:
        body = f"{body} {COMMON}"
    return title, short, body


def write_events(size: str) -> None:
    """Venues, events, who holds them and when, of all branches that are there."""
    each = OCCURRENCES[size]
    if not each:
        return
    single, series = round(each * SINGLE), round(each * (1 - SINGLE)) // DATES
    language = Language(7)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bench_text (n int PRIMARY KEY, title text, short text, body text)")
        cursor.executemany(
            "INSERT INTO bench_text VALUES (%s, %s, %s, %s)",
            [(n, *_text(n, language)) for n in range(TEXTS)],
        )
    fill(
        "events.Venue",
        f"SELECT (b.id - 1) * {VENUES} + n AS pk, b.id AS branch, n FROM hub_branch b, generate_series(1, {VENUES}) n",
        id="made.pk",
        branch_id="made.branch",
        name="'Площадка ' || made.n",
        address="'улица Навагинская, ' || made.n",
        district_id=f"(SELECT d.id FROM hub_district d JOIN hub_city c ON c.id = d.city_id WHERE c.branch_id = made.branch"
        f" ORDER BY d.id OFFSET {some(1, 4)} LIMIT 1)",
        lat=f"43.4 + {some(2, 3000)} / 10000.0",
        lng=f"39.6 + {some(3, 5000)} / 10000.0",
    )
    whole = single + series
    # A day among the year's, and for a series one that leaves room for its dates; hours from 9 to 20.
    day = f"CASE WHEN made.n <= {single} THEN {some(4, DAYS)} ELSE {some(4, DAYS - 7 * DATES)} END"
    starts = f"((date '{SINCE}' + ({day})::int + make_time(9 + {some(5, 12)}::int, 0, 0)) AT TIME ZONE 'Europe/Moscow')"
    lasts = f"make_interval(hours => CASE WHEN made.n <= {single} AND {some(6, 50)} = 0 THEN 49 ELSE 2 END)"
    fill(
        "events.Event",
        f"SELECT (b.id - 1) * {whole} + n AS pk, b.id AS branch, n, r.user_id AS coordinator, l.id AS author"
        " FROM hub_branch b JOIN hub_role r ON r.branch_id = b.id, (SELECT max(id) AS id FROM hub_user) l,"
        f" generate_series(1, {whole}) n",
        id="made.pk",
        branch_id="made.branch",
        slug="'e' || made.pk",
        uid="made.pk || '@bench.example'",
        title=f"(SELECT title FROM bench_text WHERE n = {some(7, TEXTS)})",
        short=f"(SELECT short FROM bench_text WHERE n = {some(8, TEXTS)})",
        description=f"(SELECT body FROM bench_text WHERE n = {some(9, TEXTS)})",
        topics=f"(ARRAY[{TOPICS}])[1 + {some(10, 6)}]::varchar(16)[]",
        ages=f"(ARRAY['{{families}}', '{{youth}}', '{{adults}}', '{{families,youth}}'])[1 + {some(11, 4)}]::varchar(16)[]",
        venue_id=f"CASE WHEN {some(12, 10)} > 0 THEN (made.branch - 1) * {VENUES} + 1 + {some(13, VENUES)} END",
        place="'большой зал'",
        online_url=f"CASE WHEN {some(12, 10)} = 0 THEN 'https://example.org/live' ELSE '' END",
        is_free=f"{some(14, 5)} > 0",
        is_state=f"{some(15, 50)} = 0",
        starts_at=starts,
        ends_at=f"{starts} + {lasts}",
        timezone="'Europe/Moscow'",
        rrule=f"CASE WHEN made.n <= {single} THEN '' ELSE 'FREQ=WEEKLY;COUNT={DATES}' END",
        state="'approved'",
        submitted_at="timestamptz '2026-06-01Z'",
        submitted_by_id="made.author",
        decided_at=f"timestamptz '2026-06-02Z' + {some(18, 10_000_000)} * interval '1 second'",
        decided_by_id="made.coordinator",
        created_by_id="made.author",
    )
    fill(
        "events.Organiser",
        "SELECT e.id AS pk, e.created_by_id AS author, c.pks FROM events_event e JOIN"
        " (SELECT branch_id, array_agg(id) AS pks FROM communities_community WHERE listing = 'listed' GROUP BY 1) c"
        " ON c.branch_id = e.branch_id",
        id="made.pk",
        event_id="made.pk",
        community_id=f"made.pks[1 + mod({some(16, 1_000_000)}, cardinality(made.pks))]",
        state="'accepted'",
        answered_by_id="made.author",
        answered_at="timestamptz '2026-06-01Z'",
    )
    fill(
        "events.Occurrence",
        "SELECT e.id AS pk, e.*, o.community_id AS held_by, v.name AS venue_name, v.district_id, v.lat, v.lng,"
        " e.starts_at + n * interval '7 days' AS begins, e.ends_at + n * interval '7 days' AS ends"
        " FROM events_event e JOIN events_organiser o ON o.event_id = e.id LEFT JOIN events_venue v ON v.id = e.venue_id,"
        f" generate_series(0, CASE WHEN e.rrule = '' THEN 0 ELSE {DATES - 1} END) n ORDER BY e.id, n",
        event_id="made.pk",
        was_at="made.begins",
        starts_at="made.begins",
        ends_at="made.ends",
        cancelled_at=f"CASE WHEN {some(17, 50)} = 0 THEN timestamptz '2026-07-01Z' END",
        branch_id="made.branch_id",
        is_listed="true",
        day="(made.begins AT TIME ZONE made.timezone)::date",
        last_day="(made.ends AT TIME ZONE made.timezone)::date",
        timezone="made.timezone",
        slug="made.slug",
        title="made.title",
        place="concat_ws(', ', made.venue_name, made.place)",
        venue_id="made.venue_id",
        district_id="made.district_id",
        lat="made.lat",
        lng="made.lng",
        topics="made.topics",
        ages="made.ages",
        communities="ARRAY[made.held_by]",
        is_state="made.is_state",
        is_free="made.is_free",
        is_online="made.online_url <> ''",
    )
    write_state_side(size)


def write_state_side(size: str) -> None:
    """What state events ask for, who helps and how it was shown; talks of communities."""
    listed = "FROM communities_community WHERE listing = 'listed'"
    held = f"(SELECT branch_id, array_agg(id) AS pks {listed} GROUP BY branch_id)"
    staff = "(SELECT branch_id, min(user_id) AS coordinator FROM hub_role GROUP BY branch_id)"
    fill(
        "events.SupportRequest",
        f"SELECT e.id AS pk, e.branch_id AS branch, e.starts_at, r.coordinator FROM events_event e"
        f" JOIN {staff} r ON r.branch_id = e.branch_id WHERE e.is_state",
        event_id="made.pk",
        branch_id="made.branch",
        kinds="ARRAY['volunteers', 'gear']::varchar(16)[]",
        text="'Нужны люди на регистрацию'",
        until="made.starts_at::date - 1",
        asked_by_id="made.coordinator",
    )
    # Of the shows that are over every tenth waits for the coordinator; of promises every third for an answer.
    sent = f"(made.starts_at < {OVER})"
    waits = f"{some(22, 10)} = 0"
    fill(
        "events.StateEventSupport",
        f"SELECT e.id * {HELPERS} + n AS pk, e.id AS event, e.branch_id AS branch, e.starts_at, e.created_by_id AS author,"
        f" r.coordinator, c.pks[1 + mod(e.id * 7 + n, cardinality(c.pks))] AS community FROM events_event e"
        f" JOIN {staff} r ON r.branch_id = e.branch_id JOIN {held} c ON c.branch_id = e.branch_id,"
        f" generate_series(0, {HELPERS - 1}) n WHERE e.is_state",
        event_id="made.event",
        community_id="made.community",
        branch_id="made.branch",
        kinds="ARRAY['volunteers']::varchar(16)[]",
        how="'Придём и поможем'",
        offer=f"CASE WHEN {sent} OR {some(23, 3)} > 0 THEN 'accepted' ELSE 'offered' END",
        offered_by_id="made.author",
        offered_at="timestamptz '2026-06-10Z'",
        answered_by_id="made.coordinator",
        answered_at="timestamptz '2026-06-11Z'",
        report="'Помогли'",
        link="'https://example.org/proof'",
        state=f"CASE WHEN NOT {sent} THEN 'draft' WHEN {waits} THEN 'submitted' ELSE 'approved' END",
        submitted_at=f"CASE WHEN {sent} THEN timestamptz '2026-11-19Z' END",
        submitted_by_id=f"CASE WHEN {sent} THEN made.author END",
        decided_at=f"CASE WHEN {sent} AND NOT {waits} THEN timestamptz '2026-11-20Z' END",
        decided_by_id=f"CASE WHEN {sent} AND NOT {waits} THEN made.coordinator END",
    )
    fill(
        "events.Talk",
        f"SELECT (b.id - 1) * {TALKS[size]} + n AS pk, b.id AS branch, n, r.coordinator, u.id AS author,"
        f" c.pks[1 + mod(n * 13, cardinality(c.pks))] AS community FROM hub_branch b"
        f" JOIN {staff} r ON r.branch_id = b.id JOIN {held} c ON c.branch_id = b.id,"
        f" (SELECT max(id) AS id FROM hub_user) u, generate_series(1, {TALKS[size]}) n",
        branch_id="made.branch",
        community_id="made.community",
        speaker="'Мария Иванова'",
        topic=f"(SELECT title FROM bench_text WHERE n = {some(24, TEXTS)}) || ' ' || made.n",
        date=f"date '2026-01-10' + ({some(25, 310)})::int",
        stage="'Городской форум'",
        place="'Зимний театр'",
        link="'https://example.org/talk'",
        told_by_id="made.author",
        state="CASE WHEN mod(made.n, 25) = 0 THEN 'submitted' ELSE 'approved' END",
        submitted_at="timestamptz '2026-11-19Z'",
        submitted_by_id="made.author",
        decided_at="CASE WHEN mod(made.n, 25) > 0 THEN timestamptz '2026-11-20Z' END",
        decided_by_id="CASE WHEN mod(made.n, 25) > 0 THEN made.coordinator END",
    )
