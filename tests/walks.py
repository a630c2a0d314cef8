"""How far the state machines walk by chance: briefly in the suite, for as long as wanted with SUMMIT_TEST_WALKS."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("SUMMIT_TEST_WALKS", "1"))
"""So many times as many walks as usual, and twice as many steps in each."""


def walks(number: int, *, steps: int) -> settings:
    """So many walks of at most so many steps."""
    return settings(
        max_examples=number * TIMES,
        stateful_step_count=steps if TIMES == 1 else 2 * steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def patience(seconds: float) -> float:
    """After so many seconds such a test has hung."""
    return seconds * TIMES * (1 if TIMES == 1 else 2)
