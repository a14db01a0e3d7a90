"""What a learner types into the practice console."""

import re

from flask_wtf import FlaskForm
from wtforms import EmailField, Field, PasswordField, SelectChoice, SelectField, StringField, URLField
from wtforms.validators import InputRequired, Length, Regexp, ValidationError

from portal.practice.personalities import PERSONALITIES
from portal.practice.personality import Labels
from portal.settings import current

DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)
ADDRESS = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,255}")


def _ours(_: FlaskForm, field: Field) -> None:
    """The practice IdP reaches this Vestibule and nothing else: what is typed here may not lead into other networks."""
    if not str(field.data).startswith(f"{current().public_url}/"):
        raise ValidationError(
            f"The practice IdP works with this Vestibule only: paste what begins with {current().public_url}/"
        )


class TenantForm(FlaskForm):
    personality = SelectField(
        "It behaves like", choices=[SelectChoice(one.id, one.name) for one in PERSONALITIES.values()]
    )
    name = StringField("Company", validators=[InputRequired("Name the company."), Length(max=80)], default="Acme")
    domain = StringField(
        "E-mail domain of its people",
        validators=[
            InputRequired("Give a domain."),
            Length(max=200),
            Regexp(DOMAIN, message="Write it like acme.example."),
        ],
        default="acme.example",
    )


class SignOnForm(FlaskForm):
    acs_url = URLField("ACS URL", validators=[InputRequired("Paste our address."), Length(max=500), _ours])
    entity_id = StringField("Entity ID", validators=[InputRequired("Paste our entity ID."), Length(max=500)])

    def label(self, labels: Labels) -> "SignOnForm":
        self.acs_url.label.text, self.entity_id.label.text = labels.acs_url, labels.entity_id
        return self


class ClientForm(FlaskForm):
    redirect_uri = URLField("Redirect URI", validators=[InputRequired("Paste our address."), Length(max=500), _ours])

    def label(self, labels: Labels) -> "ClientForm":
        self.redirect_uri.label.text = labels.redirect_uri
        return self


class ProvisioningForm(FlaskForm):
    base_url = URLField("Base URL", validators=[InputRequired("Paste the SCIM base URL."), Length(max=500), _ours])
    token = PasswordField(
        "Token",
        validators=[
            InputRequired("Paste the token."),
            Length(max=500),
            Regexp(r"[\x21-\x7e]+\Z", message="A token has no spaces."),
        ],
        render_kw={"autocomplete": "off"},
    )

    def label(self, labels: Labels) -> "ProvisioningForm":
        self.base_url.label.text, self.token.label.text = labels.base_url, labels.token
        return self


class PersonForm(FlaskForm):
    given_name = StringField("First name", validators=[InputRequired("Type a first name."), Length(max=100)])
    family_name = StringField("Last name", validators=[Length(max=100)])
    user_name = EmailField(
        "User name (e-mail)",
        validators=[
            InputRequired("Type an e-mail address."),
            Length(max=320),
            Regexp(ADDRESS, message="Write it like ada@acme.example."),
        ],
    )


class SwitchForm(FlaskForm):
    """A button that says what should be: `on` is `yes` or `no`."""

    on = SelectField(choices=["yes", "no"])


class GroupForm(FlaskForm):
    name = StringField("Name of the group", validators=[InputRequired("Name the group."), Length(max=100)])


class MemberForm(FlaskForm):
    person = SelectField("Person", validate_choice=False)
    on = SelectField(choices=["yes", "no"])
