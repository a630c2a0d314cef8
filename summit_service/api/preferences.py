"""JSON: the settings of the network that the secretariat changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.preferences import actions, queries, rules
from summit_service.preferences.queries import Shown

TAG = "Settings"


class EarlierValue(msgspec.Struct):
    """A value and since when it held; null where the default held again."""

    value: str | None
    set_at: datetime


class SettingOut(msgspec.Struct, kw_only=True):
    """A setting; `version` counts its changes and is what a change may give as `seen`."""

    name: str
    label: str
    affects: str
    value: str
    default: str
    is_changed: bool
    version: int
    changes: list[EarlierValue]


class SettingList(msgspec.Struct, kw_only=True):
    """All that can be changed here; others stay with whoever runs the service."""

    items: list[SettingOut]
    next: str | None = None


class SettingValue(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is to hold. With `seen`, a setting that somebody has changed since answers 409."""

    value: str
    seen: int | None = None


class SettingSeen(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The version that was read; null asks nothing."""

    seen: int | None = None


class TestMail(msgspec.Struct, kw_only=True):
    """The number of the mail in the outbox."""

    mail: int


@get("/settings", tags=[TAG], summary="The settings of the network")
async def list_settings(actor: NamedDependency[Actor]) -> SettingList:
    """Each with its value, its default and its changes, the newest first. For the secretariat."""
    check_secretariat(actor)
    return SettingList(items=[_out(one) for one in await queries.shown()])


@put("/settings/{name:str}", tags=[TAG], summary="Change a setting")
async def change_setting(
    name: FromPath[str],
    data: JSONBody[SettingValue],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> SettingOut:
    """It holds in every process within a second. For the secretariat."""
    await actions.change(name, data.value, seen=data.seen, actor=actor, now=now)
    return await _one(name)


@post("/settings/{name:str}/default", status_code=201, tags=[TAG], summary="Give a setting back")
async def restore_setting(
    name: FromPath[str],
    data: JSONBody[SettingSeen],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> SettingOut:
    """Let the default hold again. For the secretariat."""
    await actions.give_back(name, seen=data.seen, actor=actor, now=now)
    return await _one(name)


@post("/settings/test-mail", status_code=201, tags=[TAG], summary="Send yourself a test mail")
async def send_test_mail(actor: NamedDependency[Actor], now: NamedDependency[datetime]) -> TestMail:
    """One mail to the person whose token this is, as every mail is sent. For the secretariat."""
    return TestMail(mail=await actions.send_test_mail(actor=actor, now=now))


async def _one(name: str) -> SettingOut:
    rules.choice_of(name)
    return next(_out(one) for one in await queries.shown() if one.choice.name == name)


def _out(one: Shown) -> SettingOut:
    return SettingOut(
        name=one.choice.name,
        label=one.choice.label,
        affects=one.choice.affects,
        value=one.value,
        default=one.default,
        is_changed=one.is_changed,
        version=one.version,
        changes=[EarlierValue(value, at) for at, value in one.changes],
    )


ROUTES: list[Any] = [list_settings, change_setting, restore_setting, send_test_mail]
