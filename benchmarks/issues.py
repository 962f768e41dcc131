"""What the system is loaded with: issues of real communes of Bến Tre, and how many people each is told to."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from urllib.parse import urlencode
from uuid import UUID

import orjson
from sqlalchemy import TextClause, select, text

from benchmarks import load
from benchmarks.figures import NotMeasured
from benchmarks.system import System
from services.assignments.clients.actions import create_client
from services.assignments.responsibility import queries as responsibility
from services.visits.escalations.actions import escalate
from services.visits.issues.actions import report
from services.visits.issues.model import Issue
from services.visits.units.model import Unit
from shared import clock
from shared.contracts.scopes import SCOPES
from shared.web.auth import Principal

PROVINCE = "83/"  # Bến Tre
ISSUES = "/api/visits/v1/issues"
TOKENS = "/api/assignments/oauth/token"
_WHO = Principal("bench", frozenset(SCOPES), ("",))
_A_COMMIT = 250  # issues, or escalations, written in one transaction

_COPIES = 10  # of each issue in a filled table

_SUBJECTS = (
    ("irrigation_salinity", "critical", "Độ mặn vượt ngưỡng tại cửa lấy nước", "Nước mặn đã vào kênh nội đồng"),
    ("roads_bridges", "high", "Cầu dân sinh bị sập một nhịp", "Học sinh phải đi vòng hơn sáu cây số"),
    ("water", "high", "Trạm cấp nước ngừng hoạt động", "Hơn bốn trăm hộ không có nước sạch"),
    ("social_policy", "normal", "Chậm chi trả trợ cấp", "Danh sách đã duyệt từ tháng trước mà chưa chi"),
)
_MORE = "; bà con đã phản ánh nhiều lần, chính quyền xã đã khắc phục tạm và kiến nghị cấp trên hỗ trợ."
REASON = "Vượt khả năng của xã, cần tỉnh và huyện cùng xử lý ngay."


@dataclass(frozen=True)
class Target:
    """An issue that can be escalated, and how many mails that will make."""

    id: UUID
    mails: int


class Issues:
    """Reports and escalates issues in one system."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._sessions = system.sessions("visits")
        self._numbers = count()

    @cached_property
    def communes(self) -> list[tuple[str, int]]:
        """Code of each commune, with the number of people told of an issue there."""
        communes = select(Unit.id, Unit.code).where(Unit.path.startswith(PROVINCE), Unit.level == "commune")
        with self._sessions() as session:
            units = session.execute(communes.order_by(Unit.code)).all()
        questions = [responsibility.Question(unit.id, None, clock.today(), 1) for unit in units]
        with self._system.sessions("assignments")() as session:
            situation = responsibility.load(session, questions)
            told = [len(situation.answer(question).recipients) for question in questions]
        if not units or not all(told):
            raise NotMeasured("There are communes of Bến Tre where nobody would be told.")
        return [(unit.code, number) for unit, number in zip(units, told, strict=True)]

    def body(self) -> dict[str, object]:
        """What a client sends to report an issue: the next commune, the next subject."""
        number = next(self._numbers)
        category, severity, title, description = _SUBJECTS[number % len(_SUBJECTS)]
        return {
            "unit": self.communes[number % len(self.communes)][0],
            "kind": "pressing",
            "category": category,
            "severity": severity,
            "title": f"{title} ({number})",
            "description": f"{description}, lần {number}{_MORE}",
        }

    def add(self, number: int) -> list[Target]:
        """Report that many issues, through the service's own action, many in one transaction."""
        told = dict(self.communes)
        made: list[Target] = []
        while len(made) < number:
            with self._sessions.begin() as session:
                for _ in range(min(_A_COMMIT, number - len(made))):
                    issue = report(session, self.body(), _WHO)
                    made.append(Target(issue.id, told[issue.unit_code]))
        return made

    def escalate(self, targets: list[Target]) -> None:
        """Escalate them all, through the service's own action, many in one transaction."""
        for start in range(0, len(targets), _A_COMMIT):
            with self._sessions.begin() as session:
                for target in targets[start : start + _A_COMMIT]:
                    escalate(session, str(target.id), _WHO, reason=REASON)
                session.expunge_all()

    def fill(self, number: int) -> None:
        """See that there are about that many issues: some reported now, the others copies from last year."""
        with self._sessions() as session:
            there = session.execute(text("SELECT count(*) FROM issues")).scalar_one()
        if there >= number:
            return
        self.add(number // _COPIES)
        with self._sessions.begin() as session:
            session.execute(_copy(), {"copies": _COPIES - 1, "code": f"BT-{clock.today().year - 1}-"})
        with self._sessions.begin() as session:
            session.execute(text("ANALYZE issues"))

    def ids(self, number: int) -> list[UUID]:
        """Some issues' ids, from all over the table."""
        with self._sessions() as session:
            mixed = text("SELECT id FROM issues ORDER BY md5(CAST(id AS text)) LIMIT :number")
            return list(session.scalars(mixed, {"number": number}))

    @cached_property
    def _credentials(self) -> dict[str, str]:
        with self._system.sessions("assignments").begin() as session:
            client, secret = create_client(session, "bench", sorted(SCOPES))
            session.flush()
            return {"client_id": str(client.id), "client_secret": secret}

    def token(self) -> str:
        """A fresh access token for everything, got as any client gets it."""
        form = urlencode({"grant_type": "client_credentials", **self._credentials}).encode()
        sent = load.request("POST", TOKENS, body=form, media_type="application/x-www-form-urlencoded")
        return str(orjson.loads(load.ask(self._system.socket("assignments-api"), sent))["access_token"])


def _copy() -> TextClause:
    """Everything of an issue but its id, code and time, many times."""
    changed = {
        "id": "gen_random_uuid()",
        "code": "CAST(:code AS text) || lpad(CAST(row_number() OVER () AS text), 6, '0')",
        "reported_at": "reported_at - interval '1 year' - n * interval '1 hour'",
    }
    names = [column.name for column in Issue.__table__.columns if column.computed is None]
    values = ", ".join(changed.get(name, name) for name in names)
    return text(
        f"INSERT INTO issues ({', '.join(names)}) SELECT {values} FROM issues, generate_series(1, :copies) AS n"
    )


def escalations(targets: list[Target], token: str) -> Iterator[bytes]:
    """The requests that escalate."""
    body = orjson.dumps({"reason": REASON})
    for target in targets:
        yield load.request("POST", f"{ISSUES}/{target.id}/escalations", token=token, body=body)
