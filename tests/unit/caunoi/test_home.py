"""The data directory is closed to others, has one owner at a time and keeps its secrets."""

import os
import stat
from pathlib import Path

import pytest

from caunoi.home import Home, HomeError


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_others_cannot_read_it(tmp_path: Path) -> None:
    """Folders are closed to others; root lets PostgreSQL's user pass through two of them, not list them."""
    home = Home.at(tmp_path / "home")
    passage = 0o711 if os.geteuid() == 0 else 0o700
    assert {home.path: passage, home.run: passage} == {each: _mode(each) for each in (home.path, home.run)}
    closed = (home.secrets, home.logs, home.mailbox, home.redis)
    assert [0o700] * len(closed) == [_mode(each) for each in closed]


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    """A secret is long, private and the same at every start."""
    home = Home.at(tmp_path)
    first = home.secret("secret-key")
    assert len(first) == 64
    assert Home.at(tmp_path).secret("secret-key") == first
    assert _mode(home.secrets / "secret-key") == 0o600


def test_a_second_owner_is_refused_with_words(tmp_path: Path) -> None:
    """Whoever comes second is told who has the directory and at what address."""
    home = Home.at(tmp_path)
    with home.locked("caunoi up"):
        home.write_state({"url": "http://127.0.0.1:8080"})
        with pytest.raises(HomeError) as refusal, Home.at(tmp_path).locked("caunoi up"):
            pass
    expected = f"{tmp_path} is already in use by caunoi up, process {os.getpid()}, at http://127.0.0.1:8080."
    assert expected == str(refusal.value)


def test_the_lock_ends_with_its_owner(tmp_path: Path) -> None:
    """After the owner has gone the directory is free, and asking does not take it."""
    home = Home.at(tmp_path)
    with home.locked("caunoi up"):
        assert home.in_use()
    assert not home.in_use()
    with home.locked("caunoi up"):
        pass


def test_sockets_of_a_deep_directory_go_elsewhere(tmp_path: Path) -> None:
    """Where the path is too long for a socket, a short closed folder is used, always the same one."""
    deep = Home.at(tmp_path / ("x" * 80))
    folder = deep.sockets()
    try:
        assert len(str(folder / "postgres" / ".s.PGSQL.5432")) < 100
        assert folder == deep.sockets()
        assert _mode(folder) & 0o066 == 0
    finally:
        folder.rmdir()


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """What another user has put in the way is not trusted."""
    deep = Home.at(tmp_path / ("x" * 80))
    folder = deep.sockets()
    folder.rmdir()
    folder.symlink_to(tmp_path)
    try:
        with pytest.raises(HomeError, match="belongs to somebody else"):
            deep.sockets()
    finally:
        folder.unlink()


def test_an_unusable_directory_is_named(tmp_path: Path) -> None:
    """A file in the way is reported by name."""
    (tmp_path / "file").touch()
    with pytest.raises(HomeError, match="file cannot be used"):
        Home.at(tmp_path / "file")


def test_a_folder_with_other_things_stays_as_open_as_it_is(tmp_path: Path) -> None:
    """Only a folder that was empty is closed; what is ours in it is closed in any case."""
    (tmp_path / "letter.txt").touch()
    tmp_path.chmod(0o755)
    home = Home.at(tmp_path)
    assert (_mode(home.path), _mode(home.secrets)) == (0o755, 0o700)


def test_the_state_of_a_killed_system_is_forgotten(tmp_path: Path) -> None:
    """Whoever takes the home over does not find addresses that lead nowhere."""
    home = Home.at(tmp_path)
    home.write_state({"url": "http://127.0.0.1:1"})
    assert not home.is_up()
    with home.locked("caunoi up"):
        assert home.read_state() is None
