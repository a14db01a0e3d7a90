"""A provider's word that somebody signed out there (OpenID Connect Back-Channel Logout 1.0 §2.4)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from portal.relying_party import id_token
from portal.relying_party.client import Client
from portal.relying_party.refusals import AnswerRefused, problem

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = ("", "jwt", "logout+jwt")


@dataclass(frozen=True)
class LogoutToken:
    """Whose sessions end: those of `account`, of them only `session` where it is named, or that one alone."""

    id: str
    account: str
    session: str
    not_on_or_after: datetime


def read(us: Client, encoded: str) -> LogoutToken:
    token = id_token.parse(encoded, us.configuration, TYPES)
    claims = token.claims
    found = [*token.problems, *id_token.common_problems(claims, us.configuration, us.skew)]
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict) or "nonce" in claims:
        found.append(problem("id-token", "no-logout", got="no logout token"))
    account, session, id = (str(claims.get(name) or "") for name in ("sub", "sid", "jti"))
    if not id or not (account or session):
        found.append(problem("subject", "nobody", got="nobody"))
    if found:
        raise AnswerRefused(found[0])
    ends = datetime.fromtimestamp(float(str(claims["exp"])), UTC) + us.skew
    return LogoutToken(id, account[:512], session[:256], ends)
