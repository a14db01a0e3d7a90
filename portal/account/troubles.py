"""A recorded sign-in that failed, in the words its person read."""

from portal.organizations import refusals as domain
from portal.organizations.pulse import Moment
from portal.relying_party import refusals as openid
from portal.saml import refusals as saml
from portal.words import _

WORDS = {**openid.WORDS, **saml.WORDS}


def of_sign_in(moment: Moment) -> str:
    """The record says `check/code: …`, or the name of a refusal; whoever called support has its code."""
    check, _unused, rest = moment.problem.partition("/")
    refused = getattr(domain, moment.problem, None)
    words = WORDS.get(rest.partition(":")[0]) or WORDS.get(check) or getattr(refused, "words", "")
    said = str(words) or _("A sign-in was refused.")
    return _("%(problem)s (code %(code)s)", problem=said, code=moment.code) if moment.code else said
