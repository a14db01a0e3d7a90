"""How often something may be tried: counted where `RATELIMIT_STORAGE_URI` says."""

from flask import Flask, current_app
from limits import RateLimitItemPerHour, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from portal.models.base import key
from portal.settings import current

FROM_ALL = 5  # times as often as from one address


def bind(app: Flask) -> None:
    storage = storage_from_string(app.config["SETTINGS"].ratelimit_storage_uri)
    app.extensions["vestibule-limits"] = FixedWindowRateLimiter(storage)


def allows_per_minute(rate: int, *key: str) -> bool:
    """Count one try; false when there were more than `rate` in this minute. A rate of 0 means no limit."""
    return rate == 0 or _limiter().hit(RateLimitItemPerMinute(rate), *key)


def is_spent(rate: int, *key: str) -> bool:
    """Whether this minute's tries are used up already; this counts none."""
    return rate > 0 and not _limiter().test(RateLimitItemPerMinute(rate), *key)


def allows_per_second(rate: int, *key: str) -> bool:
    return rate == 0 or _limiter().hit(RateLimitItemPerSecond(rate), *key)


def allows_sign_in(address: str) -> bool:
    return allows_per_minute(current().sign_in_rate, "sign-in", address)


def allows_password(account: str) -> bool:
    """Whether this account may be tried once more; `count_wrong_password` says of which tries were wrong."""
    return current().account_rate == 0 or _limiter().test(_wrong_passwords(), "password", key(account))


def count_wrong_password(account: str) -> None:
    """Known and unknown accounts alike, so that the limit tells nobody which is which."""
    if current().account_rate:
        _limiter().hit(_wrong_passwords(), "password", key(account))


def _wrong_passwords() -> RateLimitItemPerHour:
    return RateLimitItemPerHour(current().account_rate)


def allows_saml(connection_id: str, address: str) -> bool:
    """Of one address first, so that whoever floods a connection keeps themselves out and nobody else; then of all, because
    reading an answer costs work."""
    rate = current().saml_rate
    return allows_per_second(rate, "saml", connection_id, address) and allows_per_second(
        rate * FROM_ALL, "saml", connection_id
    )


def _limiter() -> FixedWindowRateLimiter:
    limiter: FixedWindowRateLimiter = current_app.extensions["vestibule-limits"]
    return limiter
