"""The ten main queries need only the databases."""

from collections.abc import Iterator

import pytest

from benchmarks.scale import QUERIES, Pool, ask
from tests.support.databases import Databases


@pytest.fixture
def pool(databases: Databases) -> Iterator[Pool]:
    """Three thousand issues, thirty thousand notifications."""
    made = Pool(databases.fresh("visits"), databases.fresh("notifications"), 3000)
    yield made
    for engine in made.engines:
        engine.dispose()


def test_each_query_finds_something_and_is_timed(pool: Pool) -> None:
    """A query that finds nothing would be fast whatever the number of rows."""
    for name, query in QUERIES.items():
        assert any(query(pool).get("items", True) for _ in range(20)), name
        took = ask(query, pool, pool, times=2)
        assert len(took[pool]) == 4 and min(took[pool]) > 0
