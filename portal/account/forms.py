"""What people type on their account page and in their organization's settings."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, IntegerField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.words import _l


class ActionForm(FlaskForm):
    """A button and its CSRF token."""


class ProfileForm(FlaskForm):
    name = StringField(_l("Name"), validators=[Length(max=200)], render_kw={"autocomplete": "name"})


class PasswordForm(FlaskForm):
    present = PasswordField(
        _l("Present password"),
        validators=[Optional(), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        _l("New password"),
        validators=[InputRequired(_l("Type the new password.")), Length(max=1000)],
        description=_l("At least 10 characters, and not one that is known or soon guessed."),
        render_kw={"autocomplete": "new-password"},
    )
    ends_others = BooleanField(_l("Sign out my other browsers"), default=True)


class PasskeyForm(FlaskForm):
    name = StringField(
        _l("Name"),
        id="passkey-name",
        validators=[Length(max=100)],
        description=_l("To tell it from others, such as the device it is on."),
    )


class AuthenticatorForm(FlaskForm):
    code = StringField(
        _l("Code from the app"),
        validators=[InputRequired(_l("Type the six digits that the app shows.")), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class RemovalForm(FlaskForm):
    ends_others = BooleanField(_l("Sign out my other browsers"), default=True)


class SecondFactorForm(FlaskForm):
    required = BooleanField(
        _l("Ask for a second factor"),
        description=_l("Whoever comes in by password or e-mail link also shows a passkey or a code."),
    )


class InviteForm(FlaskForm):
    email = EmailField(_l("E-mail"), validators=[InputRequired(_l("Type an e-mail address.")), Length(max=320)])
    role = SelectField(_l("Role"))


class RoleForm(FlaskForm):
    roles = SelectMultipleField(
        _l("Roles"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=True
    )


class DomainForm(FlaskForm):
    name = StringField(
        _l("Domain"),
        validators=[InputRequired(_l("Type a domain.")), Length(max=300)],
        description=_l("The part after the @, such as acme.com."),
    )


class PolicyForm(FlaskForm):
    just_in_time = BooleanField(
        _l("Add people at their first sign-in"),
        description=_l(
            "Anybody your identity provider vouches for becomes a member. With a live directory it decides instead."
        ),
    )


class TokenForm(FlaskForm):
    name = StringField(
        _l("Name"),
        validators=[Length(max=100)],
        description=_l("To tell tokens apart, such as the console it is pasted into."),
    )
    days = SelectField(
        _l("Expires"),
        id="token-days",
        choices=[
            SelectChoice("0", _l("never")),
            SelectChoice("180", _l("in 180 days")),
            SelectChoice("365", _l("in a year")),
        ],
    )


class ClientForm(FlaskForm):
    client_name = StringField(
        _l("Name"), validators=[Length(max=100)], description=_l("Such as the console it is pasted into.")
    )


class SetupLinkForm(FlaskForm):
    scopes = SelectMultipleField(
        _l("It opens"),
        choices=[
            SelectChoice("domain", _l("e-mail domain")),
            SelectChoice("sso", _l("single sign-on")),
            SelectChoice("scim", _l("user provisioning")),
            SelectChoice("renew", _l("renewing the certificate")),
        ],
        default=["sso", "scim"],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    days = IntegerField(
        _l("Days it works"), id="link-days", default=7, validators=[NumberRange(1, 30, _l("From 1 to 30 days."))]
    )
    email = EmailField(
        _l("Only for this person (optional)"),
        id="link-email",
        validators=[Length(max=320)],
        description=_l("A code mailed to this address is asked for when the link is opened."),
    )
    may_go_live = BooleanField(_l("May switch it on"), description=_l("Otherwise one of you presses the last button."))


class ContactForm(FlaskForm):
    email = EmailField(
        _l("E-mail"),
        validators=[InputRequired(_l("Type an e-mail address.")), Length(max=320)],
        description=_l("You vouch for it: links that renew a certificate are mailed there."),
    )
    deadlines = BooleanField(
        _l("Tell them what ends soon"), default=True, description=_l("60, 30, 14, 7 and 1 days before.")
    )
    alarms = BooleanField(
        _l("Tell them of alarms"),
        default=True,
        description=_l("Many people leaving at once; nobody owning the organization."),
    )


class HoldingForm(FlaskForm):
    hold = BooleanField(
        _l("Wait for a confirmation when many people leave at once"),
        description=_l(
            "More than five people and more than a fifth within an hour. They stay active until one of you confirms."
        ),
    )


class GrantForm(FlaskForm):
    note = StringField(_l("What should support look at?"), validators=[Length(max=500)])
    days = SelectField(
        _l("They may look"),
        id="grant-days",
        choices=[
            SelectChoice("1", _l("for a day")),
            SelectChoice("7", _l("for a week")),
            SelectChoice("30", _l("for 30 days")),
        ],
        default="7",
    )
