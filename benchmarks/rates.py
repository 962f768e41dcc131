"""`post_issue_rate`, `read_list_rate` and `read_detail_rate`: the visits API beside bare Flask."""

from collections.abc import Callable

import orjson
from sqlalchemy import text

from benchmarks import load
from benchmarks.bench import Bench
from benchmarks.figures import POST_ISSUE, READ_DETAIL, READ_LIST, Figure, Run, summary
from benchmarks.issues import ISSUES, PROVINCE

READ_FROM = 20_000  # issues
DIFFERENT = 2000  # requests
API = "visits-api"


def post_issue(bench: Bench) -> dict[str, object]:
    """POST of an issue, beside one committed INSERT of the same body."""
    bodies = [orjson.dumps(bench.issues.body()) for _ in range(DIFFERENT)]
    bare = [load.request("POST", "/issues", body=body) for body in bodies]
    return measure_rate(
        bench,
        POST_ISSUE,
        API,
        lambda token: [load.request("POST", ISSUES, token=token, body=body) for body in bodies],
        bare,
    )


def read_detail(bench: Bench) -> dict[str, object]:
    """GET of one of 20,000 issues, beside one SELECT by primary key."""
    bench.issues.fill(READ_FROM)
    ids = bench.issues.ids(DIFFERENT)
    return measure_rate(
        bench,
        READ_DETAIL,
        API,
        lambda token: [load.request("GET", f"{ISSUES}/{each}", token=token) for each in ids],
        bare_reads(bench),
    )


def read_list(bench: Bench) -> dict[str, object]:
    """GET of a page of 50 of 20,000 issues, beside one SELECT of one row by primary key."""
    bench.issues.fill(READ_FROM)
    queries = _queries(bench)
    return measure_rate(
        bench,
        READ_LIST,
        API,
        lambda token: [load.request("GET", f"{ISSUES}{query}", token=token) for query in queries],
        bare_reads(bench),
    )


def _queries(bench: Bench) -> list[str]:
    """What people look at: the newest of the province, of a district, in a state, of a severity. All full pages."""
    with bench.system.sessions("visits")() as session:
        districts = session.scalars(
            text("SELECT path FROM units WHERE level = 'district' AND path LIKE :inside ORDER BY path"),
            {"inside": f"{PROVINCE}%"},
        ).all()
    found = []
    for path in districts:
        found += ["", f"?unit={path}", "?state=reported", "?severity=high"]
    return found


def bare_reads(bench: Bench) -> list[bytes]:
    """The yardstick: reads of one row by primary key."""
    return [load.request("GET", f"/issues/{each}") for each in bench.bare.ids[:: len(bench.bare.ids) // DIFFERENT]]


def measure_rate(
    bench: Bench, figure: Figure, role: str, product: Callable[[str], list[bytes]], bare: list[bytes]
) -> dict[str, object]:
    """Requests a second to a role, beside the bare ones; `product` makes them for a token."""
    runs = []
    for _ in range(bench.repeats):
        yardstick = load.rate(bench.bare.socket, bare)
        value = load.rate(bench.system.socket(role), product(bench.issues.token()))
        runs.append(Run(value, yardstick))
        bench.say(f"{figure.name}: {value:.0f}/s, bare Flask {yardstick:.0f}/s")
    return {figure.name: summary(figure, runs)}
