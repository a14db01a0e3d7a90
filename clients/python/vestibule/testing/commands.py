"""`python -m vestibule.testing.commands`: commands of a Vestibule, one a line, in one process; starting each would take seconds.

Reads {"words": ["org", "create", …], "typed": "…"}, answers {"status": 0, "said": "…", "wrong": "…"}.
"""

import json
import sys

from portal.app import create_app


def main() -> None:
    runner = create_app().test_cli_runner()
    for line in sys.stdin:
        asked = json.loads(line)
        done = runner.invoke(args=asked["words"], input=asked["typed"])
        unexpected = done.exception if not isinstance(done.exception, SystemExit) else None
        wrong = repr(unexpected) if unexpected else done.stderr
        sys.stdout.write(json.dumps({"status": done.exit_code, "said": done.stdout, "wrong": wrong}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
