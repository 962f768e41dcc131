"""Logs are rotated by size under a child that keeps writing."""

from pathlib import Path

from caunoi.logfiles import KEPT, rotate


def test_a_small_log_stays(tmp_path: Path) -> None:
    """Below the limit nothing happens; nor where there is no log."""
    log = tmp_path / "role.log"
    assert not rotate(log, limit=10)
    log.write_text("small")
    assert not rotate(log, limit=10)
    assert [log] == list(tmp_path.iterdir())


def test_the_writer_goes_on_in_the_emptied_file(tmp_path: Path) -> None:
    """A child that has the file open for appending writes on, at its new beginning."""
    log = tmp_path / "role.log"
    with log.open("a") as writer:
        writer.write("before\n" * 10)
        writer.flush()
        assert rotate(log, limit=10)
        writer.write("after\n")
    assert log.read_text() == "after\n"
    assert (tmp_path / "role.log.1").read_text() == "before\n" * 10


def test_only_so_many_are_kept(tmp_path: Path) -> None:
    """The oldest falls off."""
    log = tmp_path / "role.log"
    for number in range(KEPT + 3):
        log.write_text(f"{number}" * 20)
        rotate(log, limit=10)
    kept = {f"role.log.{number}" for number in range(1, KEPT + 1)}
    assert kept == {each.name for each in tmp_path.iterdir()} - {"role.log"}
    assert (tmp_path / "role.log.1").read_text() == f"{KEPT + 2}" * 20
