"""A browser's name for people, from what it says of itself."""

from ua_parser import parse

from portal.words import _


def device(agent: str) -> str:
    """“Chrome on Windows”; what nobody knows is an unknown browser."""
    found = parse(agent)
    browser = found.user_agent.family if found.user_agent else ""
    system = found.os.family if found.os else ""
    return " on ".join(name for name in (browser, system) if name) or _("Unknown browser")
