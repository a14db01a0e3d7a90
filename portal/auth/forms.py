"""What people type to come in."""

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, Optional


class EmailForm(FlaskForm):
    email = EmailField(
        "Work e-mail",
        validators=[InputRequired("Type your e-mail address."), Length(max=320)],
        render_kw={"autocomplete": "username", "autofocus": True},
    )
    next = HiddenField()


class PasswordForm(FlaskForm):
    email = HiddenField(validators=[InputRequired(), Length(max=320)])
    next = HiddenField()
    password = PasswordField(
        "Password",
        validators=[InputRequired("Type your password."), Length(max=1000)],
        render_kw={"autocomplete": "current-password", "autofocus": True},
    )


class LinkForm(FlaskForm):
    email = HiddenField(validators=[InputRequired(), Length(max=320)])
    next = HiddenField()


class CodeForm(FlaskForm):
    code = StringField(
        "Code",
        validators=[InputRequired("Type the code."), Length(max=100)],
        description="Six digits from your authenticator app, or one of your recovery codes.",
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
    )


class ProofForm(FlaskForm):
    password = PasswordField(
        "Password",
        validators=[InputRequired("Type your password."), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )


class SsoForm(FlaskForm):
    company = StringField(
        "Work e-mail or organization name",
        validators=[InputRequired("Type your work e-mail, or your organization’s name."), Length(max=320)],
        description="Such as ada@acme.com, or Acme.",
        render_kw={"autocomplete": "organization", "autofocus": True},
    )
    next = HiddenField()


class AcceptForm(FlaskForm):
    name = StringField("Your name", validators=[Optional(), Length(max=200)], render_kw={"autocomplete": "name"})
    password = PasswordField(
        "Choose a password",
        validators=[Optional(), Length(max=1000)],
        description="At least 10 characters. Leave it empty to sign in by e-mail link.",
        render_kw={"autocomplete": "new-password"},
    )


class ConfirmForm(FlaskForm):
    """One button."""
