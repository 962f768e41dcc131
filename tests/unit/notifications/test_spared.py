"""What is held back and acknowledged meanwhile is not sent; nothing else is ever left out."""

from datetime import timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.acknowledgements.matter import Matter
from services.notifications.acknowledgements.rules import Answer
from services.notifications.notices.model import Notice
from services.notifications.notices.rules import ASKING, Kind
from services.notifications.notifications.model import Notification
from services.notifications.notifications.rules import Channel, State
from tests.support.facts import MOMENT

minutes = st.none() | st.integers(-90, 90)


@st.composite
def rows(draw: st.DrawFn) -> Notification:
    """A notification in any state it may have."""
    state = draw(st.sampled_from([State.PENDING, State.SENT, State.FAILED]))
    due, lease = draw(minutes.filter(lambda value: value is not None)), draw(minutes)
    return Notification(
        id=uuid4(),
        channel=draw(st.sampled_from(list(Channel))).value,
        state=state.value,
        due_at=MOMENT + timedelta(minutes=due or 0) if state is State.PENDING else None,
        lease_until=None if lease is None else MOMENT + timedelta(minutes=lease),
        waiting=None,
        acknowledged_at=None,
        version=1,
    )


def matter(kind: Kind, held: list[Notification]) -> Matter:
    """What one official was told."""
    return Matter(held[0], Notice(id=UUID(int=1), kind=kind), held)


@given(st.lists(rows(), min_size=1, max_size=4), st.sampled_from(list(Kind)))
def test_only_what_is_held_back_for_a_person_is_left_out(held: list[Notification], kind: Kind) -> None:
    """And only once it is acknowledged; what is due, leased, sent, failed, for a webhook or asks for nothing goes
    its way."""
    told = matter(kind, held)
    assert told.spared(MOMENT) == []
    told.acknowledge(MOMENT, "link")
    spared = told.spared(MOMENT)
    for row in held:
        leased = row.lease_until is not None and row.lease_until > MOMENT
        due_later = row.due_at is not None and row.due_at > MOMENT
        asks = kind in ASKING and row.channel not in ("webhook", "inapp")
        assert (row.id in spared) is (asks and due_later and not leased)


@given(st.lists(rows(), min_size=1, max_size=4), st.sampled_from(list(Answer)))
def test_what_is_not_acknowledged_is_never_left_out(held: list[Notification], answer: Answer) -> None:
    """Whoever lets go of it gets what was on its way."""
    told = matter(Kind.ESCALATION, held)
    told.acknowledge(MOMENT, "link")
    told.let_go(answer)
    assert told.spared(MOMENT) == []
