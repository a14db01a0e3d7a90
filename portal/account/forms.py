"""What people type on their account page and in their organization's settings."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, IntegerField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget


class ActionForm(FlaskForm):
    """A button and its CSRF token."""


class ProfileForm(FlaskForm):
    name = StringField("Name", validators=[Length(max=200)], render_kw={"autocomplete": "name"})


class PasswordForm(FlaskForm):
    present = PasswordField(
        "Present password", validators=[Optional(), Length(max=1000)], render_kw={"autocomplete": "current-password"}
    )
    password = PasswordField(
        "New password",
        validators=[InputRequired("Type the new password."), Length(max=1000)],
        description="At least 10 characters, and not one that is known or soon guessed.",
        render_kw={"autocomplete": "new-password"},
    )
    ends_others = BooleanField("Sign out my other browsers", default=True)


class PasskeyForm(FlaskForm):
    name = StringField(
        "Name",
        id="passkey-name",
        validators=[Length(max=100)],
        description="To tell it from others, such as the device it is on.",
    )


class AuthenticatorForm(FlaskForm):
    code = StringField(
        "Code from the app",
        validators=[InputRequired("Type the six digits that the app shows."), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class RemovalForm(FlaskForm):
    ends_others = BooleanField("Sign out my other browsers", default=True)


class SecondFactorForm(FlaskForm):
    required = BooleanField(
        "Ask for a second factor",
        description="Whoever comes in by password or e-mail link also shows a passkey or a code.",
    )


class InviteForm(FlaskForm):
    email = EmailField("E-mail", validators=[InputRequired("Type an e-mail address."), Length(max=320)])
    role = SelectField("Role")


class RoleForm(FlaskForm):
    roles = SelectMultipleField(
        "Roles", widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=True
    )


class DomainForm(FlaskForm):
    name = StringField(
        "Domain",
        validators=[InputRequired("Type a domain."), Length(max=300)],
        description="The part after the @, such as acme.com.",
    )


class PolicyForm(FlaskForm):
    just_in_time = BooleanField(
        "Add people at their first sign-in",
        description="Anybody your identity provider vouches for becomes a member. With a live directory it decides instead.",
    )


class TokenForm(FlaskForm):
    name = StringField(
        "Name", validators=[Length(max=100)], description="To tell tokens apart, such as the console it is pasted into."
    )
    days = SelectField(
        "Expires",
        id="token-days",
        choices=[SelectChoice("0", "never"), SelectChoice("180", "in 180 days"), SelectChoice("365", "in a year")],
    )


class ClientForm(FlaskForm):
    client_name = StringField(
        "Name", validators=[Length(max=100)], description="Such as the console it is pasted into."
    )


class SetupLinkForm(FlaskForm):
    scopes = SelectMultipleField(
        "It opens",
        choices=[
            SelectChoice("domain", "e-mail domain"),
            SelectChoice("sso", "single sign-on"),
            SelectChoice("scim", "user provisioning"),
            SelectChoice("renew", "renewing the certificate"),
        ],
        default=["sso", "scim"],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    days = IntegerField(
        "Days it works", id="link-days", default=7, validators=[NumberRange(1, 30, "From 1 to 30 days.")]
    )
    email = EmailField(
        "Only for this person (optional)",
        id="link-email",
        validators=[Length(max=320)],
        description="A code mailed to this address is asked for when the link is opened.",
    )
    may_go_live = BooleanField("May switch it on", description="Otherwise one of you presses the last button.")


class ContactForm(FlaskForm):
    email = EmailField(
        "E-mail",
        validators=[InputRequired("Type an e-mail address."), Length(max=320)],
        description="You vouch for it: links that renew a certificate are mailed there.",
    )
    deadlines = BooleanField("Tell them what ends soon", default=True, description="60, 30, 14, 7 and 1 days before.")
    alarms = BooleanField(
        "Tell them of alarms", default=True, description="Many people leaving at once; nobody owning the organization."
    )


class HoldingForm(FlaskForm):
    hold = BooleanField(
        "Wait for a confirmation when many people leave at once",
        description="More than five people and more than a fifth within an hour. They stay active until one of you confirms.",
    )


class GrantForm(FlaskForm):
    note = StringField("What should support look at?", validators=[Length(max=500)])
    days = SelectField(
        "They may look",
        id="grant-days",
        choices=[SelectChoice("1", "for a day"), SelectChoice("7", "for a week"), SelectChoice("30", "for 30 days")],
        default="7",
    )
