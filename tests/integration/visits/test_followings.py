"""Who follows a place: what visits knows from the events of assignments."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.visits.followings import queries
from services.visits.followings.actions import forget_activities, record_activity
from services.visits.followings.model import ActivityEntry, Following
from services.visits.officials.queries import all_known, known
from shared.errors import BadInput
from shared.ids import uuid7
from tests.integration.visits.conftest import BINH_PHU, MY_THANH, PROVINCE, TOWN, Api, Places, deliver
from tests.support import facts

DAY = date(2026, 3, 2)


def person(sessions: sessionmaker[Session], name: str, **changes: Any) -> UUID:
    """An official that visits has heard of."""
    new = facts.official_changed(full_name=name, **changes)
    deliver(sessions, new)
    return UUID(str(new.data["official_id"]))


def follow(sessions: sessionmaker[Session], official: UUID, post: str, path: str, **changes: Any) -> UUID:
    """Let an official hold a post for a place."""
    attached = {"provincial_leader": "province", "district_overseer": "district"}.get(post, "commune")
    given: dict[str, Any] = {
        "official_id": official,
        "post": post,
        "unit_path": path,
        "attached_to": attached,
    } | changes
    new = facts.assignment_changed(**given)
    deliver(sessions, new)
    return UUID(str(new.data["assignment_id"]))


def names(sessions: sessionmaker[Session], path: str, on: date = DAY, **more: Any) -> list[str]:
    """The names of those who follow a place."""
    with sessions() as session:
        return [each.full_name for each in queries.holders(session, path, on, **more)]


def test_what_is_renamed_is_called_so_by_those_who_follow_it(visits_db: sessionmaker[Session]) -> None:
    """A commune, a hamlet, a cluster, a person: by their own events, whatever is heard of the assignment later."""
    commune, hamlet, cluster = facts.unit_changed(), facts.hamlet_changed(), facts.cluster_changed()
    an = person(visits_db, "Lê Văn An")
    places = [(commune, "unit_id"), (hamlet, "hamlet_id"), (cluster, "cluster_id")]
    followed = [
        facts.assignment_changed(official_id=an, full_name="Lê Văn An", place_id=new.data[key], place_name="Tên cũ")
        for new, key in places
    ]
    deliver(visits_db, *followed)
    for new, _ in places:
        deliver(visits_db, replace(new, version=new.version + 1, data=new.data | {"name": "Tên mới"}))
    deliver(visits_db, facts.official_changed(official_id=an, full_name="Lê Văn Anh", version=2))
    deliver(visits_db, *followed)  # heard again, with the old names
    with visits_db() as session:
        known = session.execute(select(Following.place_name, Following.full_name)).all()
    assert [tuple(each) for each in known] == [("Tên mới", "Lê Văn Anh")] * 3


def test_everybody_above_a_commune_follows_it(visits_db: sessionmaker[Session]) -> None:
    """Its follower, the overseers of its cluster and its district, the province's leader; not its neighbour's."""
    cluster = facts.cluster_changed()
    deliver(visits_db, cluster)
    for name, post, path, more in (
        ("An", "commune_follower", BINH_PHU, {}),
        ("Bình", "commune_follower", MY_THANH, {}),
        ("Chi", "district_overseer", TOWN, {}),
        ("Dung", "cluster_overseer", TOWN, {"attached_to": "cluster", "place_id": cluster.data["cluster_id"]}),
        ("Em", "provincial_leader", PROVINCE, {}),
        ("Phúc", "hamlet_follower", BINH_PHU, {"attached_to": "hamlet", "hamlet_id": uuid7()}),
    ):
        follow(visits_db, person(visits_db, name), post, path, **more)
    assert names(visits_db, BINH_PHU) == ["An", "Phúc", "Dung", "Chi", "Em"]
    assert names(visits_db, MY_THANH) == ["Bình", "Em"]
    assert names(visits_db, TOWN) == ["Chi", "Em"]
    assert names(visits_db, BINH_PHU, posts=["district_overseer"]) == ["Chi"]


def test_a_cluster_counts_for_the_communes_it_holds_on_that_day(visits_db: sessionmaker[Session]) -> None:
    """A commune that joins later is covered from that day on, one that leaves no longer."""
    communes = [
        {"unit_path": BINH_PHU, "valid_from": date(2020, 1, 1), "valid_to": date(2026, 4, 1)},
        {"unit_path": "83/829/28790/", "valid_from": date(2026, 4, 1), "valid_to": None},
    ]
    cluster = facts.cluster_changed(2, communes=communes)
    stale = facts.cluster_changed(1, cluster_id=cluster.data["cluster_id"], communes=[])
    deliver(visits_db, cluster)
    deliver(visits_db, stale)
    more = {"attached_to": "cluster", "place_id": cluster.data["cluster_id"]}
    official = person(visits_db, "Dung")
    follow(visits_db, official, "cluster_overseer", TOWN, **more)
    assert names(visits_db, BINH_PHU) == ["Dung"]
    assert names(visits_db, BINH_PHU, date(2026, 4, 1)) == []
    assert names(visits_db, "83/829/28790/", date(2026, 4, 1)) == ["Dung"]
    with visits_db() as session:
        (held,) = queries.followed(session, official, DAY)
    assert held.paths == (BINH_PHU,)


def test_an_assignment_counts_from_its_first_day_until_its_end(visits_db: sessionmaker[Session]) -> None:
    """The newest version says how long; an older one heard later changes nothing."""
    official = person(visits_db, "An")
    since = {"valid_from": date(2026, 1, 1)}
    following = follow(visits_db, official, "commune_follower", BINH_PHU, **since, valid_to=date(2026, 3, 1))
    ended = {"assignment_id": following, "official_id": official, "unit_path": BINH_PHU} | since
    deliver(visits_db, facts.assignment_changed(3, **ended, valid_to=date(2026, 3, 3)))
    deliver(visits_db, facts.assignment_changed(2, **ended, valid_to=None))
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 2), date(2026, 3, 3))
    assert [len(names(visits_db, BINH_PHU, day)) for day in days] == [0, 1, 1, 0]


def test_one_who_is_inactive_follows_nothing(visits_db: sessionmaker[Session]) -> None:
    """And is no longer accepted where an official is named; the newest name is shown."""
    official = person(visits_db, "Lê Văn An")
    follow(visits_db, official, "commune_follower", BINH_PHU, full_name="Lê Văn Ân")
    assert names(visits_db, BINH_PHU) == ["Lê Văn An"]
    deliver(visits_db, facts.official_changed(2, official_id=official, active=False))
    assert names(visits_db, BINH_PHU) == []
    with visits_db() as session, pytest.raises(BadInput) as refused:
        known(session, official, "official")
    assert refused.value.field == "official"


def test_officials_are_named_in_order_or_refused(visits_db: sessionmaker[Session]) -> None:
    """Several come back as they were given; an unknown one is named by its place."""
    first, second = person(visits_db, "Bình"), person(visits_db, "An")
    with visits_db() as session:
        assert [each.id for each in all_known(session, [first, second], "partners")] == [first, second]
        with pytest.raises(BadInput) as refused:
            all_known(session, [first, uuid4()], "partners")
    assert refused.value.field == "partners.1"


def test_contact_details_stay_where_they_belong(visits_db: sessionmaker[Session]) -> None:
    """Of an official visits keeps the name and whether they are active, nothing else."""
    official = person(visits_db, "An")
    with visits_db() as session:
        columns = set(known(session, official, "official").__table__.columns.keys())
    assert columns == {"id", "full_name", "active", "version"}


def test_what_was_done_counts_once(visits_db: sessionmaker[Session], places: Places) -> None:
    """Noting the same visit again changes nothing; a visit that did not happen is forgotten."""
    ref, official = uuid7(), uuid7()
    count = select(func.count()).select_from(ActivityEntry)
    with visits_db() as session:
        for activity in ("visit", "visit", "meeting"):
            record_activity(session, official, places.units[BINH_PHU], BINH_PHU, activity, DAY, ref)
        assert session.scalar(count) == 2
        forget_activities(session, ref)
        assert session.scalar(count) == 0


def test_the_list_says_who_follows_a_place_and_what_a_person_follows(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """Of a unit also those above it; a person's own ones; a page at a time; nothing of elsewhere."""
    overseer, follower = person(visits_db, "Bình"), person(visits_db, "An")
    follow(visits_db, overseer, "district_overseer", TOWN)
    follow(visits_db, follower, "commune_follower", BINH_PHU)
    follow(visits_db, follower, "commune_follower", MY_THANH)

    def seen(client: Api, **query: Any) -> list[tuple[str, str]]:
        answer = client.get("/followings", **query)
        assert answer.status_code == 200, answer.json
        return sorted((each["full_name"], each["unit_path"]) for each in answer.json["items"])

    assert seen(api, unit="28789") == [("An", BINH_PHU), ("Bình", TOWN)]
    assert seen(api, official=str(follower)) == [("An", BINH_PHU), ("An", MY_THANH)]
    assert seen(api, at="2019-12-31") == []
    commune = api.with_token(at=(BINH_PHU,))
    assert seen(commune) == [("An", BINH_PHU)]
    assert seen(commune, unit="28789") == [("An", BINH_PHU), ("Bình", TOWN)]
    assert seen(commune, unit="28993") == []
    first = api.get("/followings", limit=2).json
    rest = api.get("/followings", limit=2, cursor=first["next_cursor"]).json
    assert len({each["following_id"] for each in first["items"] + rest["items"]}) == 3
