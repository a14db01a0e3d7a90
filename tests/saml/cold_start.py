"""One process, started cold, hit at once by many sign-ins: prints how many were judged wrongly."""

import sys
import threading

from portal.saml import parties, sp
from portal.saml.refusals import ResponseRefused

THREADS = 12


def main(good, bad, *, provider):
    wrong, together = [], threading.Barrier(THREADS)

    def sign_in(number):
        together.wait()
        try:
            sp.accept(provider, bad if number % 3 == 0 else good, "_asked")
            accepted = True
        except ResponseRefused:
            accepted = False
        if accepted is (number % 3 == 0):
            wrong.append(number)

    threads = [threading.Thread(target=sign_in, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(len(wrong))


if __name__ == "__main__":
    certificate, good, bad = sys.stdin.read().split("\f")
    main(good, bad, provider=parties.ServiceProvider(
        "https://front.example/saml/0190", "https://front.example/saml/0190/acs", "https://idp.example/saml",
        "https://idp.example/sso", (certificate,),
    ))  # fmt: skip
