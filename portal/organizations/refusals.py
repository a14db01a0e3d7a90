"""Why a verb says no, in words for people; each door has one table from refusal to its own answer."""

import uuid
from datetime import timedelta

from portal.words import _l


class Refused(Exception):
    """`str(refusal)` says what happened and what to do now."""

    words = _l("This cannot be done.")

    def __init__(self, words: str | None = None) -> None:
        super().__init__(words or self.words)


class LastOwner(Refused):
    words = _l("This is the organization’s last owner. Make somebody else an owner first.")


class SeatTaken(Refused):
    words = _l("The organization has an owner. Only owners name further ones, on the page of a member.")


class NotActive(Refused):
    words = _l("This person has no access at the moment. Choose somebody who is active.")


class AlreadyContact(Refused):
    words = _l("This address is on the list already.")


class TooManyContacts(Refused):
    words = _l("There are as many contacts as there may be. Remove one first.")


class BatchSettled(Refused):
    words = _l("Somebody has decided about these people already. Open the page again to see what was done.")


class NoFreeSeat(Refused):
    words = _l("Every seat of this organization is taken. Free a seat or ask for more.")


class AlreadyMember(Refused):
    words = _l("This person is a member already.")


class AlreadyInvited(Refused):
    words = _l("This person has an open invitation already. Revoke it first to send another.")


class ManagedByDirectory(Refused):
    words = _l("The organization’s directory manages this person. Change it in the identity provider.")


class EmailTaken(Refused):
    words = _l("Somebody uses this e-mail address already.")


class BadEmail(Refused):
    words = _l("This is not an e-mail address. Write it like ada@example.com.")


class BadName(Refused):
    words = _l("Give a name of 1 to 100 characters.")


class SlugTaken(Refused):
    words = _l("Another organization uses this short name already. Choose another.")


class BadDomain(Refused):
    words = _l("This is not a domain name. Write it like example.com, without http:// or @.")


class PublicMailDomain(Refused):
    words = _l(
        "Everybody can have an address at this mail provider, so no organization can own it. Use your company’s domain."
    )


class DomainTaken(Refused):
    words = _l("Another organization has verified this domain. If it is yours, talk to support.")


class AlreadyClaimed(Refused):
    words = _l("This domain is on your list already.")


class NotVerifiedYet(Refused):
    words = _l("We did not find the TXT record yet. DNS can take an hour; the value must match to the letter.")


class DnsSilent(Refused):
    words = _l(
        "The domain’s DNS did not answer, so we could not look. Nothing has changed; try again in a few minutes."
    )


class OtherConnection(Refused):
    words = _l(
        "People with your e-mail address sign in through another connection of this organization. Go back to the sign-in "
        "page and type your address: it leads you to the right one."
    )


class SsoNotAllowed(Refused):
    words = _l("Single sign-on is not switched on for this organization. Ask support to allow it.")


class NoConfiguration(Refused):
    words = _l("The identity provider’s metadata is missing. Add it first, then test.")


class NotAnOption(Refused):
    words = _l("This is an option of SAML, and the connection is one of OpenID Connect.")


class NotTested(Refused):
    words = _l("This configuration has not passed a test sign-in yet. Run the test, then switch it on.")


class NobodySignedInYet(Refused):
    words = _l(
        "Nobody has come in through single sign-on yet. Sign in once yourself in a private window, then require it."
    )


class NoVerifiedDomain(Refused):
    words = _l("Verify at least one e-mail domain first, so that we know whose people may come in.")


class NoOtherWayIn(Refused):
    words = _l(
        "No break-glass owner has rehearsed the way back in, so nobody could come in if the identity provider fails. "
        "Name one, and let them sign in once with a passkey or with password and code."
    )


class LastWayBackIn(Refused):
    """`name` is the organization that would be locked out."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _l(
                "%(organization)s requires single sign-on, and this is its only rehearsed way back in. Let "
                "another break-glass owner rehearse first, or make single sign-on an offer again.",
                organization=name,
            )
        )


class NotAnOwner(Refused):
    words = _l("Only an active owner can keep the way back in. Make this person an owner first.")


class NeedsSingleSignOn(Refused):
    words = _l("Connect single sign-on first. Provisioning follows it.")


class NotConnectedYet(Refused):
    words = _l("We cannot read the directory yet. Finish connecting it first.")


class NobodyChosen(Refused):
    words = _l("Choose at least one group, or everybody.")


class CodeTooSoon(Refused):
    words = _l(
        "A code was sent a moment ago. Look in your mail, also among the spam; after a minute you may ask for another."
    )


class WrongCode(Refused):
    words = _l(
        "This is not the code we sent, or it is too old. Type it as it stands in the newest mail, or ask for another."
    )


class NothingToUndo(Refused):
    words = _l("There is no earlier configuration to go back to.")


class NotProvisioned(Refused):
    words = _l(
        "Your company’s directory has not given you access to this application yet. "
        "Ask your IT team to assign you to it; a minute later, sign in again."
    )


class SuspendedByDirectory(Refused):
    words = _l(
        "Your company’s directory has ended your access. If that is a mistake, ask your IT team to assign you again."
    )


class MembershipEnded(Refused):
    words = _l("Your access to this organization has ended. Ask one of its admins to let you in again.")


class NotAMember(Refused):
    words = _l(
        "You are not a member of this organization, and it adds nobody at sign-in. Ask its admin for an invitation."
    )


class OutsideVerifiedDomains(Refused):
    words = _l(
        "Your e-mail address is outside the organization’s verified domains. Ask its admin to verify the domain."
    )


class NoEmail(Refused):
    words = _l("The identity provider sent no e-mail address for you. Ask your IT team to send one along.")


class EmailNotVerified(Refused):
    words = _l(
        "The identity provider says that nobody has verified your e-mail address there. Ask your IT team to have it "
        "verified, then sign in again."
    )


class AmbiguousPerson(Refused):
    words = _l(
        "This sign-in matches somebody who signs in with another account of your identity provider. Talk to support."
    )


class LinkUsedUp(Refused):
    words = _l("This link has been used, has expired, or was taken back. Ask for a new one.")


class WrongPassword(Refused):
    words = _l("E-mail or password is not right.")


class WeakPassword(Refused):
    words = _l("Choose a password of at least 10 characters that does not contain your e-mail address.")


class WrongOneTimeCode(Refused):
    words = _l("This code is not right, or was used already. Wait for the next one, and check your phone’s clock.")


class TooManyCodes(Refused):
    """`wait` is how long no further code is looked at."""

    def __init__(self, wait: timedelta) -> None:
        minutes = max(1, round(wait.total_seconds() / 60))
        super().__init__(
            _l("Too many wrong codes. Wait %(minutes)s min, or use a passkey or a recovery code.", minutes=minutes)
        )


class UnknownPasskey(Refused):
    words = _l("This passkey is not known here, or its answer came too late. Try again, or come in another way.")


class PasskeyExists(Refused):
    words = _l("This passkey is on your list already.")


class TooManyPasskeys(Refused):
    words = _l("You have 20 passkeys, which is as many as there may be. Remove one you no longer use.")


class CommonPassword(Refused):
    words = _l(
        "This password would be guessed soon: it is known, or made of known parts. Choose a longer or stranger one."
    )


class UnknownLogin(Refused):
    words = _l("This sign-in is not known, or it took too long. Please start again.")


class AssertionUsed(Refused):
    words = _l("This answer of the identity provider was used before. Please start again.")


class WrongBrowser(Refused):
    words = _l("This sign-in was started in another browser, or cookies are switched off. Please start again here.")


class BadSessionHours(Refused):
    words = _l("Give a whole number of hours, from 1 to 8760, or nothing for the usual length.")


class BadContexts(Refused):
    words = _l(
        "Write one method a line, as the identity provider names it, such as urn:oasis:names:tc:SAML:2.0:ac:classes:Password."
    )


class LastCertificate(Refused):
    words = _l("Without this certificate nothing could be verified. Add the next one first.")


class KeyWaits(Refused):
    words = _l("A next key is waiting already. Give it to the identity provider, then put it to work.")


class NothingNew(Refused):
    words = _l("We know this certificate already. Give us the next one, as soon as the identity provider has made it.")


class TooManyKeys(Refused):
    words = _l(
        "There are as many certificates as may be. Give us the metadata anew in the guide; that replaces old ones."
    )


class AnotherProvider(Refused):
    words = _l(
        "This is the metadata of another identity provider or app. Here only the next certificate of the connected one is "
        "added; to connect another, open the guide."
    )


class NoKeyWaits(Refused):
    words = _l("There is no next key. Make one first, and give it to the identity provider.")


class SsoRequired(Refused):
    words = _l("Your organization requires signing in through its identity provider. Use “Sign in with SSO”.")


class UserNameTaken(Refused):
    words = _l(
        "A person with this userName is in the directory already. Match people by userName, or delete the other one first."
    )


class GroupNameTaken(Refused):
    words = _l(
        "A group with this displayName is in the directory already. Match groups by displayName, or rename one of them."
    )


class GroupInGroup(Refused):
    words = _l(
        "Groups inside groups are not kept here. Push the people of the inner group as members of the outer one."
    )


class BadAttributeName(Refused):
    words = _l("Begin the attribute’s name with a letter; then letters, digits, _ and -, 60 characters at most.")


class AttributeExists(Refused):
    words = _l(
        "The organization has an attribute of this name already, perhaps in other capitals. Choose another name."
    )


class TooManyAttributes(Refused):
    words = _l("The organization has as many attributes of its own as it may have. Remove one first.")


class UnknownKey(Refused):
    words = _l("This API key is not known here, or it has ended.")


class BadAddress(Refused):
    words = _l("Give https:// addresses without # and without a user name (http:// on localhost only).")


class BadRole(Refused):
    words = _l("A role’s key begins with a letter; then small letters, digits, _ and -, 60 characters at most.")


class BuiltInRole(Refused):
    words = _l("This role is built in. It can be given more permissions, but not removed, renamed or made internal.")


class RoleInUse(Refused):
    words = _l("Somebody has this role, or a rule gives it. Give them another one first.")


class RoleNotInPlan(Refused):
    words = _l("The organization’s plan does not include this role.")


class InternalRole(Refused):
    words = _l("This role is for the application’s own staff; the organization cannot give it.")


class UnknownPermission(Refused):
    words = _l("There is no such permission. Define it first.")


class KeyReused(Refused):
    words = _l("This Idempotency-Key came with another request before. Use a new one for each request.")


class UnknownMembers(Refused):
    """`ids` are the members that are no people of this directory."""

    def __init__(self, ids: "list[uuid.UUID]") -> None:
        self.ids = ids
        shown = ", ".join(str(one) for one in ids[:3]) + (" …" if len(ids) > 3 else "")
        super().__init__(
            _l(
                "There is no person with the id %(id)s in this directory. Assign the people to the application "
                "first, then push the group.",
                id=shown,
            )
        )


class AliasTaken(Refused):
    words = "Another organization, connection or directory has this name or address already."


class BadAlias(Refused):
    words = "This is no name or address that an identity provider could have been told."


class HashNotTaken(Refused):
    words = "This password hash is of a kind that is not known here."


class BadToken(Refused):
    words = "This is no bearer token, or one that would be guessed."
