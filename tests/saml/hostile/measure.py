"""Judges the whole corpus in this process and prints, as JSON, its slowest case and how much memory it took."""

import json
import resource
import time

import time_machine

from portal.saml import sp
from portal.saml.refusals import ResponseRefused
from tests.saml.hostile import REQUEST, corpus, provider
from tests.saml.idp import NOW


def main() -> None:
    given = [(case.name, case.make(), provider(**case.settings)) for case in corpus()]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    slowest, accepted = ("", 0.0), []
    for name, encoded, ours in given:
        began = time.thread_time()
        with time_machine.travel(NOW, tick=False):
            try:
                sp.accept(ours, encoded, REQUEST)
                accepted.append(name)
            except ResponseRefused:
                pass
        slowest = max(slowest, (name, time.thread_time() - began), key=lambda one: one[1])
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(json.dumps({
        "cases": len(given), "accepted": accepted, "slowest": slowest[0], "seconds": round(slowest[1], 4),
        "megabytes": round(grown / 1024, 1),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
