"""People, their logins and their API tokens; sign-in links are rows of `links` with the purpose `sign_in`."""

from __future__ import annotations

from piccolo.columns import ForeignKey, OnDelete, Serial, Timestamptz, Varchar
from piccolo.table import Table


class Person(Table, tablename="person"):
    """Somebody who can sign in or be asked; the address is unique without regard to case."""

    id: Serial
    email = Varchar(length=254)
    name = Varchar(length=200)
    timezone = Varchar(length=64, null=True, default=None)
    language = Varchar(length=12, default="en")
    created_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class Login(Table, tablename="login"):
    """One browser in which a person is signed in; the cookie's secret is kept as its hash."""

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    token_hash = Varchar(length=64)
    agent = Varchar(length=200, default="")
    created_at = Timestamptz()
    expires_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class ApiToken(Table, tablename="api_token"):
    """A secret with which a program acts for a person; shown once, kept as its hash."""

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    name = Varchar(length=80)
    token_hash = Varchar(length=64)
    created_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
