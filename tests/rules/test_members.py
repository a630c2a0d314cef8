"""What an organisation may be called and be, and who may lose a role."""

from __future__ import annotations

import pytest
from babel import Locale

from summit_service.errors import Conflict, Invalid
from summit_service.members import rules
from summit_service.members.countries import COUNTRIES
from summit_service.members.rules import Details

PLACE = Details(name="The Empathy Place", kind="centre")


def faults_of(**given: str) -> dict[str, str]:
    with pytest.raises(Invalid) as fault:
        rules.checked(Details(**{"name": "A", "kind": "centre", **given}))
    return fault.value.by_field()


def test_countries_are_those_of_the_standard() -> None:
    territories = [str(code) for code in Locale("en").territories]
    known = {code for code in territories if len(code) == 2 and code.isalpha()}
    not_countries = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}

    assert known - not_countries == COUNTRIES


def test_checked_brings_everything_into_its_normal_form() -> None:
    given = Details(
        name="  E\u0301cole  ",
        kind="Centre ",
        country="fr",
        website=" https://www.ecole.example/a?b=1 ",
        summary="a\r\nb ",
        timezone=" Europe/Paris",
        standing="MEMBER",
        contact_email=" Anna@Members.Example",
    )

    assert rules.checked(given) == Details(
        name="École",
        kind="centre",
        country="FR",
        website="https://www.ecole.example/a?b=1",
        summary="a\nb",
        timezone="Europe/Paris",
        standing="member",
        contact_email="Anna@members.example",
    )


def test_checked_with_nothing_but_name_and_kind_is_kept() -> None:
    assert rules.checked(PLACE) == PLACE


def test_checked_tells_every_fault_at_once() -> None:
    found = faults_of(
        name="", kind="", country="XX", website="x", timezone="Mars/Base", standing="king", contact_email="a"
    )

    assert found == {
        "name": "The name is missing.",
        "kind": "The kind is missing. It is one of "
        "centre, group, charity, museum, individual, hospital, university, other.",
        "country": "There is no country “XX”. Give its two letters (ISO 3166), such as GB or FR.",
        "website": "“x” is not the address of a website; one looks like https://www.example.org.",
        "timezone": "There is no time zone “Mars/Base”. Choose one such as Europe/London.",
        "standing": "There is no standing “king”. It is one of member, associate, former.",
        "contact_email": "“a” is not an e-mail address; one looks like name@example.org.",
    }


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("A" * 10_000, "The name has 10,000 characters; 200 is the most it can have."),
        ("A\x07B", "The name has a character that cannot be shown (a line break or a control character)."),
        ("A\u202eB", "The name has a character that changes the direction of the text. Take it out."),
    ],
)
def test_checked_with_a_name_that_cannot_be_kept(name: str, sentence: str) -> None:
    assert faults_of(name=name) == {"name": sentence}


@pytest.mark.parametrize(
    "website",
    [
        "www.example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "https://",
        "https://localhost",
        "https://user:pass@example.org",
        "https://example.org:port/",
        "https://exam ple.org",
        "https://example.org\\@evil.example",
        "https://[",
    ],
)
def test_checked_with_a_website_that_is_none(website: str) -> None:
    assert list(faults_of(website=website)) == ["website"]


def test_with_changes_leaves_the_rest() -> None:
    assert rules.with_changes(PLACE, {"city": "Leeds"}) == Details(
        name="The Empathy Place", kind="centre", city="Leeds"
    )


def test_with_changes_of_an_unknown_field_is_refused() -> None:
    with pytest.raises(Invalid) as fault:
        rules.with_changes(PLACE, {"slug": "x"})

    assert fault.value.by_field() == {"slug": "There is no such field."}


def test_with_contact_name_takes_the_organisations_where_none_is_given() -> None:
    named = Details(name="A", kind="centre", contact_name="Sam", contact_email="a@members.example")
    unnamed = Details(name="A", kind="centre", contact_email="a@members.example")

    assert rules.with_contact_name(named).contact_name == "Sam"
    assert rules.with_contact_name(unnamed).contact_name == "A"
    assert rules.with_contact_name(PLACE).contact_name == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The  EMPATHY Place", "the empathy place"),
        ("STRASSE", "straße"),
        ("E\u0301COLE", "école"),
        ("ﬁne", "Fine"),
    ],
)
def test_name_key_of_two_spellings_is_one(one: str, other: str) -> None:
    assert rules.name_key(one) == rules.name_key(other)


def test_slug_for_a_name_that_is_taken_has_a_number() -> None:
    assert rules.slug_for("Emp@thies", set()) == "emp-thies"
    assert rules.slug_for("Place", {"place", "place-2", "placebo"}) == "place-3"
    assert rules.slug_for("New", set()) == "new-2"
    assert rules.slug_for("日本", {"untitled"}) != ""


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("", True),
        ("ecole", True),
        ("PARIS école", True),
        ("écoute paris", True),
        ("london", False),
        ("%", False),
    ],
)
def test_matches_whatever_case_and_accents(words: str, is_found: bool) -> None:
    assert rules.matches(words, "École de l'écoute", "", "Paris") is is_found


def test_matches_letters_with_a_stroke_as_they_are_typed_without() -> None:
    assert rules.matches("lodz zaklad", "Zakład Empatii", "", "Łódź")


def test_check_roles_in_our_order_and_once() -> None:
    assert rules.check_roles(["signatory", "representative", "signatory"]) == ("representative", "signatory")


@pytest.mark.parametrize("roles", [[], ["secretariat"], ["signatory", "king"]])
def test_check_roles_that_there_are_not(roles: list[str]) -> None:
    with pytest.raises(Invalid) as fault:
        rules.check_roles(roles)

    assert list(fault.value.by_field()) == ["roles"]


def test_check_can_end_role_of_the_only_representative() -> None:
    with pytest.raises(Conflict, match="only representative"):
        rules.check_can_end_role("representative", representatives=1, is_secretariat=False)

    rules.check_can_end_role("representative", representatives=2, is_secretariat=False)
    rules.check_can_end_role("representative", representatives=1, is_secretariat=True)
    rules.check_can_end_role("signatory", representatives=1, is_secretariat=False)
