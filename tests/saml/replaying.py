"""One web process of several: says that it is ready, waits for the word, posts the same answer as the others at once."""

import json
import sys
import tempfile
from pathlib import Path

from portal.app import create_app
from tests.conftest import settings_for


def main():
    given = json.loads(sys.stdin.readline())
    with tempfile.TemporaryDirectory() as folder:
        client = create_app(settings_for(Path(folder), given["database"])).test_client()
        print("ready", flush=True)
        sys.stdin.readline()
        answer = client.post(given["address"], data={"SAMLResponse": given["answer"]})
        print(answer.status_code, flush=True)


if __name__ == "__main__":
    main()
