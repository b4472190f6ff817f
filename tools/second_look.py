"""Ask the few tests that failed in a whole run once more, by themselves; `make test` calls it with the run's exit code.

Of thousands of tests with servers beside each other, one may starve on a busy machine. What fails again has failed, and so has a
run in which more than MOST failed. What passes by itself is *unsteady*: named, its first failure above, and a fault to be mended.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

MOST = 2
"""How many may be unsteady in a run of some six thousand."""
FAILED = 1
"""Exit code of pytest for a run that ended and in which tests failed; no other (interrupted, broken) is looked at again."""
RECORD = Path(".pytest_cache/v/dicom-cdk/failed")
"""What failed in the last run, by tests/marks.py; pytest's own `lastfailed` keeps those of earlier runs too."""


def second_look(code: int, record: Path, again: list[str]) -> int:
    """The exit code of the run, after `again`, a command to which the tests that `record` names as failed are added."""
    failed = json.loads(record.read_text()) if code == FAILED and record.exists() else []
    if not 0 < len(failed) <= MOST:
        return code
    print(f"second look: {len(failed)} failed beside others; once more, by itself: {', '.join(failed)}", flush=True)
    code = subprocess.run([*again, *failed]).returncode
    if code == 0:
        for test in failed:
            print(
                f"unsteady: {test} failed beside others and passed by itself: a fault of the test or of what it tests; "
                "mend it first (docs/development.md, unsteady tests)"
            )
            if "GITHUB_ACTIONS" in os.environ:
                print(f"::warning title=unsteady test::{test}")
    return code


if __name__ == "__main__":
    sys.exit(second_look(int(sys.argv[1]), RECORD, [sys.executable, "-m", "pytest", "--numprocesses", "0"]))
