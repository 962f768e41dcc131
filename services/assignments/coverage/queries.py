"""Computing coverage of a territory: set operations over indexed rows, of one province at a time."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from services.assignments.absences.queries import chains
from services.assignments.coverage.rules import Gap, Period, Tally, after, unattended
from services.assignments.responsibility.standing import Absences, Person
from shared.prepared import Prepared

# The assignments in a territory whose holder is away at some time in the period.
_AFFECTED = Prepared(
    """
    SELECT DISTINCT held.id, officials.id AS official_id, officials.full_name
    FROM units
        JOIN assignments AS held ON held.territory_id = units.id
        JOIN absences AS away ON away.official_id = held.official_id AND away.state = 'approved'
        JOIN officials ON officials.id = held.official_id
    WHERE units.path >= CAST(:path AS text) AND units.path < CAST(:after AS text)
        AND held.valid_from < CAST(:until AS date)
        AND (held.valid_to IS NULL OR held.valid_to > CAST(:since AS date))
        AND away.valid_from < CAST(:until AS date)
        AND (away.valid_to IS NULL OR away.valid_to > CAST(:since AS date))
    """,
    plan_each_time=True,
)

# Each post that a place needs: the days it is needed on within the period, those on which somebody holds it, and
# those on which somebody acts in it. They are sets of days, so that what is missing is a difference.
_STATE = """
    WITH required AS MATERIALIZED (
        SELECT posts.code, posts.attached_to, posts.name_vi, posts.name_en,
            daterange(rule.valid_from, rule.valid_to) AS days
        FROM posts JOIN post_rules AS rule ON rule.post_code = posts.code AND rule.required
    ),
    inside AS MATERIALIZED (
        SELECT id, code, name, path, level, daterange(valid_from, valid_to) AS days FROM units
        WHERE path >= CAST(:path AS text) AND path < CAST(:after AS text)
            AND valid_from < CAST(:until AS date) AND (valid_to IS NULL OR valid_to > CAST(:since AS date))
    ),
    places AS (
        SELECT id AS place_id, name AS place, level AS attached_to, id AS unit_id, code, name, path, days
        FROM inside
        UNION ALL
        SELECT hamlets.id, hamlets.name, 'hamlet', inside.id, inside.code, inside.name, inside.path,
            inside.days * daterange(hamlets.valid_from, hamlets.valid_to)
        FROM hamlets JOIN inside ON inside.id = hamlets.unit_id
        WHERE 'hamlet' IN (SELECT attached_to FROM required)
        UNION ALL
        SELECT clusters.id, clusters.name, 'cluster', inside.id, inside.code, inside.name, inside.path,
            inside.days * daterange(clusters.valid_from, clusters.valid_to)
        FROM clusters JOIN inside ON inside.id = clusters.district_id
    ),
    needed AS (
        SELECT places.place_id, places.place, places.attached_to, places.unit_id, places.code, places.name,
            places.path, required.code AS post, required.name_vi, required.name_en,
            range_agg(places.days * required.days * daterange(CAST(:since AS date), CAST(:until AS date))) AS days
        FROM places JOIN required ON required.attached_to = places.attached_to
        GROUP BY places.place_id, places.place, places.attached_to, places.unit_id, places.code, places.name,
            places.path, required.code, required.name_vi, required.name_en
    ),
    away AS (
        SELECT id, range_agg(daterange(since, until)) AS days
        FROM unnest(CAST(:ids AS uuid[]), CAST(:sinces AS date[]), CAST(:untils AS date[]))
            AS given (id, since, until)
        GROUP BY id
    ),
    held AS (
        SELECT held.place_id, held.post_code, range_agg(daterange(held.valid_from, held.valid_to)) AS held,
            range_agg(datemultirange(daterange(held.valid_from, held.valid_to))
                - coalesce(away.days, CAST('{}' AS datemultirange))) AS acted
        FROM inside
            JOIN assignments AS held ON held.territory_id = inside.id
            JOIN officials ON officials.id = held.official_id AND officials.active
            LEFT JOIN away ON away.id = held.id
        WHERE held.valid_from < CAST(:until AS date)
            AND (held.valid_to IS NULL OR held.valid_to > CAST(:since AS date))
            AND held.post_code IN (SELECT code FROM required)
        GROUP BY held.place_id, held.post_code
    ),
    state AS (
        SELECT needed.*, coalesce(held.held, CAST('{}' AS datemultirange)) AS held,
            needed.days - coalesce(held.acted, CAST('{}' AS datemultirange)) AS missing
        FROM needed LEFT JOIN held ON held.place_id = needed.place_id AND held.post_code = needed.post
    )
"""
_GAPS = Prepared(
    _STATE
    + """
    SELECT place_id, place, attached_to, unit_id, code, name, path, post, name_vi, name_en, lower(missing) AS since,
        nullif(upper(first.days), CAST(:until AS date)) AS until, held @> lower(missing) AS absent
    FROM state CROSS JOIN LATERAL (SELECT days FROM unnest(missing) AS days LIMIT 1) AS first
    WHERE NOT isempty(missing)
        AND (path, post, place_id) > (CAST(:at_path AS text), CAST(:at_post AS text), CAST(:at_place AS uuid))
    ORDER BY path, post, place_id LIMIT :limit
    """,
    plan_each_time=True,
)
# Of each unit that has others below it: how many posts are needed in it and below on the first day, and so on.
_TALLIES = Prepared(
    _STATE
    + """,
    today AS (
        SELECT path, unit_id, missing @> CAST(:since AS date) AS is_missing, held @> CAST(:since AS date) AS is_held
        FROM state WHERE days @> CAST(:since AS date)
    ),
    heads AS MATERIALIZED (
        SELECT id, code, name, level, path FROM inside
        WHERE days @> CAST(:since AS date) AND EXISTS (
            SELECT FROM units AS below WHERE below.parent_id = inside.id
                AND below.valid_from <= CAST(:since AS date)
                AND (below.valid_to IS NULL OR below.valid_to > CAST(:since AS date))
        )
    )
    SELECT heads.id, heads.code, heads.name, heads.level, heads.path, count(today.path) AS required,
        count(*) FILTER (WHERE NOT is_missing) AS covered, count(*) FILTER (WHERE is_missing AND is_held) AS absent,
        count(DISTINCT today.unit_id) FILTER (WHERE is_missing) AS uncovered_units
    FROM heads LEFT JOIN today ON starts_with(today.path, heads.path)
    GROUP BY heads.id, heads.code, heads.name, heads.level, heads.path ORDER BY heads.path
    """,
    plan_each_time=True,
)
_BEGIN = ("", "", "00000000-0000-0000-0000-000000000000")
NO_LIMIT = 2**31 - 1


def periods_unattended(session: Session, path: str, since: date, until: date) -> list[Period]:
    """When within [since, until) nobody acts for an assignment in the territory although somebody holds it."""
    values = {"path": path, "after": after(path), "since": since, "until": until}
    affected = _AFFECTED.named(session, values)
    absences = Absences(chains(session, {each.official_id for each in affected}, since, until))
    return [
        period
        for each in affected
        for period in unattended(absences, Person(each.official_id, each.full_name), each.id, since, until)
    ]


def gaps(
    session: Session,
    path: str,
    since: date,
    until: date,
    *,
    after_key: Sequence[Any] = _BEGIN,
    limit: int = NO_LIMIT,
) -> list[Gap]:
    """The posts in the territory in which nobody acts on some day of [since, until), by path, post and place, after
    the given ones. Two statements to know who is away, one more for the rest."""
    at_path, at_post, at_place = after_key
    mark = {"at_path": at_path, "at_post": at_post, "at_place": at_place, "limit": limit}
    rows = _GAPS.rows(session, _values(session, path, since, until) | mark)
    return [Gap(*row) for row in rows]


def tallies(session: Session, path: str, day: date) -> list[tuple[Tally, int]]:
    """How the units of the territory that have others below them are covered on a day, each with in how many units
    something is missing."""
    until = date.fromordinal(day.toordinal() + 1)
    rows = _TALLIES.rows(session, _values(session, path, day, until))
    return [(Tally(*row[:-1]), row[-1]) for row in rows]


def _values(session: Session, path: str, since: date, until: date) -> dict[str, Any]:
    away = periods_unattended(session, path, since, until)
    return {
        "path": path,
        "after": after(path),
        "since": since,
        "until": until,
        "ids": [each.assignment_id for each in away],
        "sinces": [each.since for each in away],
        "untils": [each.until for each in away],
    }
