"""Requests counted: the metrics, and one log line a second for answers that come too fast for a line each."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Iterable

from prometheus_client import REGISTRY, Counter, Histogram
from prometheus_client.core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from summit_service.logs import logger, mask

REQUESTS = Counter("summit_requests", "Requests answered", ["method", "status"])
SECONDS = Histogram("summit_request_seconds", "Time until the last byte was handed over", ["kind"])
BOUNDS = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.1, 1.0)
"""Upper bounds in seconds of the buckets for feeds that are answered from memory."""
TOLD_EVERY = 1.0
"""Seconds after which what was counted is told."""

log = logger("web")


class Tally(Collector):
    """Answers from memory: counted at once, told to the log and to the counters within a second."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str, int], int] = {}
        self.slowest = 0.0
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def note(self, method: str, path: str, status: int, seconds: float) -> None:
        """One answer; the first since the last line makes sure that a line will come."""
        if not self.counts:
            asyncio.get_running_loop().call_later(TOLD_EVERY, self.tell)
        key = (method, path, status)
        self.counts[key] = self.counts.get(key, 0) + 1
        self.buckets[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds
        if seconds > self.slowest:  # noqa: PLR1730 - a call costs more than what is counted
            self.slowest = seconds

    def tell(self) -> None:
        """A line for each address and status since the last time; `ms` is the slowest of that second."""
        counts, slowest = self.counts, self.slowest
        self.counts, self.slowest = {}, 0.0
        for (method, path, status), count in counts.items():
            REQUESTS.labels(method, str(status)).inc(count)
            ms = round(slowest * 1000, 1)
            log.info("request", method=method, path=mask(path), status=status, ms=ms, count=count)

    def collect(self) -> Iterable[Metric]:
        """The histogram as Prometheus reads it; the counters are brought up to date first."""
        self.tell()
        total, cumulated = 0, []
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), self.buckets, strict=True):
            total += count
            cumulated.append((bound, float(total)))
        words = "Time until the last byte of a feed from memory was handed over"
        yield HistogramMetricFamily("summit_kept_feed_seconds", words, cumulated, self.seconds)

    def describe(self) -> Iterable[Metric]:
        """Nothing is collected when it is registered."""
        return ()


KEPT_FEEDS = Tally()
REGISTRY.register(KEPT_FEEDS)
