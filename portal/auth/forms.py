"""What people type to come in."""

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, Optional

from portal.words import _l


class EmailForm(FlaskForm):
    email = EmailField(
        _l("Work e-mail"),
        validators=[InputRequired(_l("Type your e-mail address.")), Length(max=320)],
        render_kw={"autocomplete": "username", "autofocus": True},
    )
    next = HiddenField()


class PasswordForm(FlaskForm):
    email = HiddenField(validators=[InputRequired(), Length(max=320)])
    next = HiddenField()
    password = PasswordField(
        _l("Password"),
        validators=[InputRequired(_l("Type your password.")), Length(max=1000)],
        render_kw={"autocomplete": "current-password", "autofocus": True},
    )


class LinkForm(FlaskForm):
    email = HiddenField(validators=[InputRequired(), Length(max=320)])
    next = HiddenField()


class CodeForm(FlaskForm):
    code = StringField(
        _l("Code"),
        validators=[InputRequired(_l("Type the code.")), Length(max=100)],
        description=_l("Six digits from your authenticator app, or one of your recovery codes."),
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
    )


class ProofForm(FlaskForm):
    password = PasswordField(
        _l("Password"),
        validators=[InputRequired(_l("Type your password.")), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )


class SsoForm(FlaskForm):
    company = StringField(
        _l("Work e-mail or organization name"),
        validators=[InputRequired(_l("Type your work e-mail, or your organization’s name.")), Length(max=320)],
        description=_l("Such as ada@acme.com, or Acme."),
        render_kw={"autocomplete": "organization", "autofocus": True},
    )
    next = HiddenField()


class AcceptForm(FlaskForm):
    name = StringField(_l("Your name"), validators=[Optional(), Length(max=200)], render_kw={"autocomplete": "name"})
    password = PasswordField(
        _l("Choose a password"),
        validators=[Optional(), Length(max=1000)],
        description=_l("At least 10 characters. Leave it empty to sign in by e-mail link."),
        render_kw={"autocomplete": "new-password"},
    )


class ConfirmForm(FlaskForm):
    """One button."""
