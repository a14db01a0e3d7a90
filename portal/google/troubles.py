"""What keeps us from reading a Google directory, in words, and where to mend it. Every word about it is here."""

from collections.abc import Mapping


class NotRead(Exception):
    """`code` is a key of `ROWS`; `str()` says what happened and `mend` what to do."""

    def __init__(self, code: str, **values: str) -> None:
        self.code = code
        words, mend = ROWS[code]
        self.mend = mend.format_map(_Filled(values))
        super().__init__(words.format_map(_Filled(values)))


DELEGATION = (
    "In the Google Admin console open Security › Access and data control › API controls › Domain-wide delegation"
)

ROWS: Mapping[str, tuple[str, str]] = {
    "not-a-key": (
        "This is not the key of a service account.",
        "In the Google Cloud console open IAM & Admin › Service Accounts, choose the account, then Keys › Add key › Create "
        "new key › JSON, and give us that file as it is.",
    ),
    "no-admin": ("We need an administrator to act for.", "Type the e-mail address of a super administrator."),
    "delegation-missing": (
        "Google does not let this service account read your directory yet.",
        f"{DELEGATION}, press Add new, and enter the client ID {{client_id}} with all three scopes. Google may need a few "
        "minutes, seldom a day, until it counts.",
    ),
    "scopes-missing": (
        "The delegation is there, but without {scopes}.",
        f"{DELEGATION}, edit the entry of the client ID {{client_id}}, and add what is missing.",
    ),
    "no-such-admin": (
        "Google knows no account {admin}.",
        "Type the primary e-mail address of a super administrator; an alias or a group will not do.",
    ),
    "not-an-admin": (
        "{admin} may not read your directory.",
        "Use the address of a super administrator, or give this account a role with the Admin API privileges Users › Read and "
        "Groups › Read.",
    ),
    "api-off": (
        "The Admin SDK API is switched off in the Google Cloud project that asks.",
        "In the Google Cloud console open APIs & Services › Library, search for Admin SDK API and press Enable. Wait a minute, "
        "then try again.",
    ),
    "key-gone": (
        "Google does not accept this key any more: it was deleted, or its service account was disabled.",
        "In the Google Cloud console make a new key of the service account, and give us that one instead.",
    ),
    "clock": (
        "Google says that our clock is wrong.",
        "Ask whoever runs this server to set its clock by the network (NTP).",
    ),
    "consent-withdrawn": (
        "The consent is gone: it was withdrawn, has expired, or its administrator’s password was changed.",
        "Press “Agree at Google” again, as a super administrator.",
    ),
    "consent-incomplete": (
        "You agreed to a part only; missing is {scopes}.",
        "Press “Agree at Google” again, and leave every box ticked.",
    ),
    "consent-refused": (
        "Google sent you back without consent.",
        "Press “Agree at Google” again, signed in as a super administrator. If Google says the app is blocked, let it in under "
        "Security › Access and data control › API controls › Manage third-party app access.",
    ),
    "client-unknown": (
        "Google does not know the OAuth client of this installation.",
        "Ask whoever runs this server to compare GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET with the Google Cloud console.",
    ),
    "slow-down": (
        "Google asks us to slow down: the quota of the project is used up for now.",
        "There is nothing to do; we try again by ourselves.",
    ),
    "unreachable": (
        "Google could not be reached, or did not answer as it should.",
        "There is nothing to do; we try again by ourselves. If it stays so, ask whoever runs this server.",
    ),
    "group-gone": (
        "The group {group} is gone from Google, so we changed nothing.",
        "Open the step “Who comes over?” and choose the groups again.",
    ),
    "nobody": (
        "Google named nobody at all, so we changed nothing.",
        "Look in the Google Admin console whether the chosen groups still have members, then press “Pull now”.",
    ),
}


class _Filled(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "this"
