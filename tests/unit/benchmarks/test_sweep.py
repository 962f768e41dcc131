"""The figure that needs only a database."""

from benchmarks.sweep import Pool
from tests.support.databases import Databases


def test_a_pool_is_swept_again_and_again(databases: Databases) -> None:
    """All that is due is claimed each time, and due again afterwards."""
    pool = Pool(databases.fresh("notifications"), 3_000)
    assert pool.sweep() > 0
    assert pool.sweep() > 0
    pool.engine.dispose()
