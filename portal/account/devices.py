"""A browser's name for people, from what it says of itself."""

from ua_parser import parse

from portal.words import _


def device(agent: str) -> str:
    """“Chrome on Windows”; what nobody knows is an unknown browser."""
    found = parse(agent)
    browser = found.user_agent.family if found.user_agent else ""
    system = found.os.family if found.os else ""
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("Unknown browser")
