"""What keeps us from reading a Google directory, in words, and where to mend it. Every word about it is here."""

from collections.abc import Mapping

from portal.words import _, _l


class NotRead(Exception):
    """`code` is a key of `ROWS`; `str()` says what happened and `mend` what to do."""

    def __init__(self, code: str, **values: str) -> None:
        self.code, self.values = code, values
        super().__init__(code)

    def __str__(self) -> str:
        return str(ROWS[self.code][0]).format_map(_Filled(self.values))

    @property
    def mend(self) -> str:
        return str(ROWS[self.code][1]).format_map(_Filled(self.values))


ROWS: Mapping[str, tuple[str, str]] = {
    "not-a-key": (
        _l("This is not the key of a service account."),
        _l(
            "In the Google Cloud console open IAM & Admin › Service Accounts, choose the account, then Keys › Add key › Create "
            "new key › JSON, and give us that file as it is."
        ),
    ),
    "no-admin": (_l("We need an administrator to act for."), _l("Type the e-mail address of a super administrator.")),
    "delegation-missing": (
        _l("Google does not let this service account read your directory yet."),
        _l(
            "In the Google Admin console open Security › Access and data control › API controls › Domain-wide delegation, "
            "press Add new, and enter the client ID {client_id} with all three scopes. Google may need a few "
            "minutes, seldom a day, until it counts."
        ),
    ),
    "scopes-missing": (
        _l("The delegation is there, but without {scopes}."),
        _l(
            "In the Google Admin console open Security › Access and data control › API controls › Domain-wide delegation, "
            "edit the entry of the client ID {client_id}, and add what is missing."
        ),
    ),
    "no-such-admin": (
        _l("Google knows no account {admin}."),
        _l("Type the primary e-mail address of a super administrator; an alias or a group will not do."),
    ),
    "not-an-admin": (
        _l("{admin} may not read your directory."),
        _l(
            "Use the address of a super administrator, or give this account a role with the Admin API privileges Users › Read "
            "and Groups › Read."
        ),
    ),
    "api-off": (
        _l("The Admin SDK API is switched off in the Google Cloud project that asks."),
        _l(
            "In the Google Cloud console open APIs & Services › Library, search for Admin SDK API and press Enable. Wait a "
            "minute, then try again."
        ),
    ),
    "key-gone": (
        _l("Google does not accept this key any more: it was deleted, or its service account was disabled."),
        _l("In the Google Cloud console make a new key of the service account, and give us that one instead."),
    ),
    "clock": (
        _l("Google says that our clock is wrong."),
        _l("Ask whoever runs this server to set its clock by the network (NTP)."),
    ),
    "consent-withdrawn": (
        _l("The consent is gone: it was withdrawn, has expired, or its administrator’s password was changed."),
        _l("Press “Agree at Google” again, as a super administrator."),
    ),
    "consent-incomplete": (
        _l("You agreed to a part only; missing is {scopes}."),
        _l("Press “Agree at Google” again, and leave every box ticked."),
    ),
    "consent-refused": (
        _l("Google sent you back without consent."),
        _l(
            "Press “Agree at Google” again, signed in as a super administrator. If Google says the app is blocked, let it in "
            "under Security › Access and data control › API controls › Manage third-party app access."
        ),
    ),
    "client-unknown": (
        _l("Google does not know the OAuth client of this installation."),
        _l(
            "Ask whoever runs this server to compare GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET with the Google Cloud console."
        ),
    ),
    "slow-down": (
        _l("Google asks us to slow down: the quota of the project is used up for now."),
        _l("There is nothing to do; we try again by ourselves."),
    ),
    "unreachable": (
        _l("Google could not be reached, or did not answer as it should."),
        _l("There is nothing to do; we try again by ourselves. If it stays so, ask whoever runs this server."),
    ),
    "group-gone": (
        _l("The group {group} is gone from Google, so we changed nothing."),
        _l("Open the step “Who comes over?” and choose the groups again."),
    ),
    "nobody": (
        _l("Google named nobody at all, so we changed nothing."),
        _l("Look in the Google Admin console whether the chosen groups still have members, then press “Pull now”."),
    ),
}


class _Filled(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return _("this")
