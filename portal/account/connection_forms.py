"""What people type on the pages of a connection."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.models import Configuration, IdpInitiated, SamlConfiguration
from portal.words import _l


class PoliciesForm(FlaskForm):
    name = StringField(
        _l("Name"), validators=[InputRequired(_l("Give it a name.")), Length(max=100)],
        description=_l("What people read where they choose between several ways to sign in."),
    )  # fmt: skip
    idp_initiated = RadioField(
        _l("When somebody starts on the identity provider’s own page"),
        choices=[
            SelectChoice(IdpInitiated.BOUNCE, _l("Ask the identity provider once more, then let them in (safest that works)")),
            SelectChoice(IdpInitiated.OFF, _l("Refuse, and tell them to start here")),
            SelectChoice(IdpInitiated.ON, _l("Let them in on its word alone (for providers that cannot be asked)")),
        ],
        coerce=lambda value: value.value if isinstance(value, IdpInitiated) else str(value),
    )  # fmt: skip
    session_hours = IntegerField(
        _l("A sign-in lasts at most, in hours"), validators=[Optional(), NumberRange(1, 8760, _l("From 1 to 8760 hours."))],
        description=_l("Empty: as long as everywhere here. If the identity provider names an earlier end, that one counts."),
    )  # fmt: skip
    single_logout = BooleanField(
        _l("Signing out here signs out at the identity provider too"),
        description=_l("It needs a sign-out address in its metadata, and our certificate there."),
    )


class OptionsForm(FlaskForm):
    sign_requests = BooleanField(
        _l("Sign our requests"), description=_l("Your identity provider checks them with our certificate.")
    )
    force_authn = BooleanField(
        _l("Have people prove themselves anew each time"),
        description=_l("Even if they are signed in there. We refuse an answer that did not."),
    )
    authn_contexts = TextAreaField(
        _l("Methods that count"), validators=[Optional(), Length(max=2000)], render_kw={"rows": 3, "spellcheck": "false"},
        description=_l(
            "One a line, such as urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport; any of them will do. "
            "Leave it empty unless you must: Entra refuses sign-ins with a second factor otherwise."
        ),
    )  # fmt: skip
    allow_cbc = BooleanField(
        _l("Take answers encrypted with CBC"),
        description=_l("An old method that AD FS and SimpleSAMLphp use. Leave it off where GCM can be chosen."),
    )

    @classmethod
    def of(cls, held: Configuration) -> "OptionsForm":
        """What is SAML's alone is left out of the page for OpenID Connect."""
        return cls(
            formdata=None, sign_requests=held.needs_key, force_authn=held.force_authn,
            allow_cbc=isinstance(held, SamlConfiguration) and held.allow_cbc,
            authn_contexts="\n".join(held.authn_contexts),
        )  # fmt: skip


class CertificateForm(FlaskForm):
    certificate = TextAreaField(
        _l("The next certificate"), validators=[InputRequired(_l("Paste a certificate.")), Length(max=20_000)],
        render_kw={"rows": 5, "spellcheck": "false", "placeholder": "-----BEGIN CERTIFICATE-----"},
    )  # fmt: skip
