"""The tests; what they share has its assertions explained as theirs are."""

import pytest

pytest.register_assert_rewrite(
    "tests.journeys.crowd", "tests.clients", "tests.no_secrets", "tests.postbox", "tests.factories_statements"
)
