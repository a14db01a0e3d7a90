"""Times in the reader's zone and words; UTC, to be compared with somebody else's log, stands behind them."""

from datetime import UTC, datetime

from flask_babel import format_datetime

from portal.models.base import now
from portal.words import _, day, english, ngettext


def ago(at: datetime) -> str:
    """“4 minutes ago”, “in 3 days”, and a date beyond a month."""
    seconds = (now() - at.astimezone(UTC)).total_seconds()
    days, hours, minutes = (int(abs(seconds) // size) for size in (86_400, 3_600, 60))
    if days >= 31:
        return day(at)
    if seconds >= 0:
        if days:
            return ngettext("%(num)s day ago", "%(num)s days ago", days)
        if hours:
            return ngettext("%(num)s hour ago", "%(num)s hours ago", hours)
        return ngettext("%(num)s minute ago", "%(num)s minutes ago", minutes) if minutes else _("just now")
    if days:
        return ngettext("in %(num)s day", "in %(num)s days", days)
    if hours:
        return ngettext("in %(num)s hour", "in %(num)s hours", hours)
    return ngettext("in %(num)s minute", "in %(num)s minutes", minutes) if minutes else _("in a moment")


def exact(at: datetime) -> str:
    """To the second, in the reader's zone, which is named."""
    return str(format_datetime(at, "d MMMM yyyy, HH:mm:ss z" if english() else "long"))


def utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
