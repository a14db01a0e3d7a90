"""What a learner types into the practice console."""

import re

from flask_wtf import FlaskForm
from wtforms import EmailField, Field, PasswordField, SelectChoice, SelectField, StringField, URLField
from wtforms.validators import InputRequired, Length, Regexp, ValidationError

from portal.practice.personalities import PERSONALITIES
from portal.practice.personality import Labels
from portal.settings import current
from portal.words import _, _l

DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)
ADDRESS = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,255}")


def _ours(form: FlaskForm, field: Field) -> None:
    """The practice IdP reaches this Vestibule and nothing else: what is typed here may not lead into other networks."""
    if not str(field.data).startswith(f"{current().public_url}/"):
        raise ValidationError(
            _(
                "The practice IdP works with this Vestibule only: paste what begins with %(url)s/",
                url=current().public_url,
            )
        )


class TenantForm(FlaskForm):
    personality = SelectField(
        _l("It behaves like"), choices=[SelectChoice(one.id, one.name) for one in PERSONALITIES.values()]
    )
    name = StringField(
        _l("Company"), validators=[InputRequired(_l("Name the company.")), Length(max=80)], default="Acme"
    )
    domain = StringField(
        _l("E-mail domain of its people"),
        validators=[
            InputRequired(_l("Give a domain.")),
            Length(max=200),
            Regexp(DOMAIN, message=_l("Write it like acme.example.")),
        ],
        default="acme.example",
    )


class SignOnForm(FlaskForm):
    acs_url = URLField(_l("ACS URL"), validators=[InputRequired(_l("Paste our address.")), Length(max=500), _ours])
    entity_id = StringField(_l("Entity ID"), validators=[InputRequired(_l("Paste our entity ID.")), Length(max=500)])

    def label(self, labels: Labels) -> "SignOnForm":
        self.acs_url.label.text, self.entity_id.label.text = labels.acs_url, labels.entity_id
        return self


class ClientForm(FlaskForm):
    redirect_uri = URLField(
        _l("Redirect URI"), validators=[InputRequired(_l("Paste our address.")), Length(max=500), _ours]
    )

    def label(self, labels: Labels) -> "ClientForm":
        self.redirect_uri.label.text = labels.redirect_uri
        return self


class ProvisioningForm(FlaskForm):
    base_url = URLField(
        _l("Base URL"), validators=[InputRequired(_l("Paste the SCIM base URL.")), Length(max=500), _ours]
    )
    token = PasswordField(
        _l("Token"),
        validators=[
            InputRequired(_l("Paste the token.")),
            Length(max=500),
            Regexp(r"[\x21-\x7e]+\Z", message=_l("A token has no spaces.")),
        ],
        render_kw={"autocomplete": "off"},
    )

    def label(self, labels: Labels) -> "ProvisioningForm":
        self.base_url.label.text, self.token.label.text = labels.base_url, labels.token
        return self


class PersonForm(FlaskForm):
    given_name = StringField(_l("First name"), validators=[InputRequired(_l("Type a first name.")), Length(max=100)])
    family_name = StringField(_l("Last name"), validators=[Length(max=100)])
    user_name = EmailField(
        _l("User name (e-mail)"),
        validators=[
            InputRequired(_l("Type an e-mail address.")),
            Length(max=320),
            Regexp(ADDRESS, message=_l("Write it like ada@acme.example.")),
        ],
    )


class SwitchForm(FlaskForm):
    """A button that says what should be: `on` is `yes` or `no`."""

    on = SelectField(choices=["yes", "no"])


class GroupForm(FlaskForm):
    name = StringField(_l("Name of the group"), validators=[InputRequired(_l("Name the group.")), Length(max=100)])


class MemberForm(FlaskForm):
    person = SelectField(_l("Person"), validate_choice=False)
    on = SelectField(choices=["yes", "no"])
