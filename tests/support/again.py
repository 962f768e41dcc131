"""What `make test` does when tests have failed: the few are run once more, alone, before they count.

Hundreds of processes come and go in a run, on machines that others use too. A fault shows again when its test has
the machine to itself. What passes then is named in the output, and is worth a look all the same.
"""

import json
import subprocess
import sys
from pathlib import Path

FAILED = Path(".pytest_cache/v/cache/lastfailed")  # written by pytest itself
FEW = 3  # more than this is not by chance


def main() -> int:
    """The exit code of `make test`."""
    names = sorted(json.loads(FAILED.read_text())) if FAILED.is_file() else []
    if not 0 < len(names) <= FEW:
        return 1
    print(f"\n{len(names)} failed. Once more, alone:", *names, sep="\n  ", flush=True)
    again = [sys.executable, "-m", "pytest", "--last-failed", "--last-failed-no-failures=none"]
    code = subprocess.run(again, check=False).returncode
    if code == 0:
        print("\nPASSED AT THE SECOND TRY, so they depend on something they should not:", *names, sep="\n  ")
    return code


if __name__ == "__main__":
    sys.exit(main())
