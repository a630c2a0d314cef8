"""What the network asks of those who want to join, and how long an enquiry is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from summit_service.enquiries import rules
from summit_service.enquiries.rules import Form
from summit_service.errors import Conflict, Invalid
from tests.factories_enquiries import FORM


def test_checked_keeps_a_form_in_its_normal_form() -> None:
    clean = rules.checked(replace(FORM, name="  Institute of Listening ", country="fr", how="a\r\nb"))

    assert clean == replace(FORM, how="a\nb")


def test_checked_empty_form_names_every_question_in_the_order_of_the_page() -> None:
    with pytest.raises(Invalid) as fault:
        rules.checked(Form())

    assert list(fault.value.by_field()) == [
        "name",
        "kind",
        "country",
        "contact_name",
        "email",
        "works",
        "body",
    ]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "x" * 201}, "name"),
        ({"kind": "bank"}, "kind"),
        ({"country": "XX"}, "country"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"contact_name": "A\nB"}, "contact_name"),
        ({"email": "ana"}, "email"),
        ({"works": "perhaps"}, "works"),
        ({"how": ""}, "how"),
        ({"how": "x" * 4_001}, "how"),
        ({"body": "state"}, "body"),
        ({"evidence": " "}, "evidence"),
        ({"body": "charity", "evidence": ""}, "evidence"),
        ({"body": "researcher", "evidence": ""}, "evidence"),
        ({"body": "other", "evidence": ""}, "evidence"),
    ],
)
def test_checked_refuses_a_bad_answer_beside_its_field(typed: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as fault:
        rules.checked(replace(FORM, **typed))

    assert list(fault.value.by_field()) == [field]


@pytest.mark.parametrize("body", ["commercial", "individual"])
def test_checked_takes_those_without_a_rule_without_evidence(body: str) -> None:
    clean = rules.checked(replace(FORM, body=body, evidence="", works="no", how=""))

    assert (clean.body, clean.evidence, clean.works) == (body, "", "no")


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("academic", "met"),
        ("charity", "met"),
        ("researcher", "met"),
        ("commercial", "no_rule"),
        ("individual", "no_rule"),
        ("other", "open"),
    ],
)
def test_readings_put_each_answer_beside_its_rule(body: str, verdict: str) -> None:
    first, second = rules.readings(works_on_empathy=False, how="", body=body, evidence="A book")

    assert (first.answer, first.verdict) == ("No", "not_met")
    assert (second.answer, second.details, second.verdict) == (rules.BODIES[body], "A book", verdict)
    assert first.rule == rules.RULES[0][1]


def test_ends_at_seven_days_unconfirmed_and_a_year_after_the_last_activity(now: datetime) -> None:
    later = now + timedelta(days=40)

    assert rules.ends_at(created_at=now, confirmed_at=None, active_at=later) == now + timedelta(days=7)
    assert rules.ends_at(created_at=now, confirmed_at=now, active_at=later) == later + timedelta(days=365)


@pytest.mark.parametrize("decision", ["member", "associate", "declined"])
def test_check_can_decide_a_final_decision_stays(decision: str) -> None:
    with pytest.raises(Conflict):
        rules.check_can_decide(decision, made=1, seen=1)


def test_check_can_decide_a_kept_one_again_but_not_on_an_old_page() -> None:
    rules.check_can_decide("kept", made=1, seen=1)

    with pytest.raises(Conflict, match="in the meantime: kept until there is a rule"):
        rules.check_can_decide("kept", made=1, seen=0)


def test_check_decision_refuses_one_that_there_is_not() -> None:
    with pytest.raises(Invalid):
        rules.check_decision("perhaps")
