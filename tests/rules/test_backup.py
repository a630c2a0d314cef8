"""What the copy of a database needs to know of its address."""

from __future__ import annotations

from summit_service.backup import without_password


def test_password_is_not_an_argument() -> None:
    address, environment = without_password("postgres://summit:p%40ss@db.example:5433/summit?sslmode=require")

    assert address == "postgres://summit@db.example:5433/summit?sslmode=require"
    assert environment == {"PGPASSWORD": "p@ss"}


def test_address_without_a_password_stays() -> None:
    address = "postgresql://postgres:@/postgres?host=/run/postgresql"

    assert without_password(address)[1] in ({}, {"PGPASSWORD": ""})
    assert without_password("postgres://summit@db.example/summit") == (
        "postgres://summit@db.example/summit",
        {},
    )
