"""The world's time: set, advanced, and standing still unless told to run."""

import email.utils
import time
from datetime import datetime, timezone


def parse(text):
    """Seconds since 1970 of an RFC 3339 time or of a plain number."""
    if isinstance(text, (int, float)):
        return float(text)
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        when = when.replace(tzinfo=timezone.utc)
    return when.timestamp()


class Clock:
    """Runs `rate` seconds per real second; 0 stands still."""

    def __init__(self, now, rate=0.0):
        self.rate = rate
        self.base = now
        self.since = time.monotonic()

    def now(self):
        return self.base + self.rate * (time.monotonic() - self.since)

    def set(self, now=None, advance=0.0, rate=None):
        self.base = (self.now() if now is None else now) + advance
        self.since = time.monotonic()
        if rate is not None:
            self.rate = rate

    def moment(self):
        return datetime.fromtimestamp(self.now(), timezone.utc)

    def seconds(self):
        """As Kubernetes writes its Time fields."""
        return self.moment().strftime("%Y-%m-%dT%H:%M:%SZ")

    def micro(self):
        """As Kubernetes writes its MicroTime fields."""
        return self.moment().strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    @staticmethod
    def parse(text):
        return parse(text)

    @staticmethod
    def text(seconds):
        """Another moment, in the form of micro()."""
        return datetime.fromtimestamp(seconds, timezone.utc).strftime(
            "%Y-%m-%dT%H:%M:%S.%fZ")

    @staticmethod
    def whole(seconds):
        """Another moment, in the form of seconds()."""
        return datetime.fromtimestamp(seconds, timezone.utc).strftime(
            "%Y-%m-%dT%H:%M:%SZ")

    def date(self):
        """As a Date header."""
        return email.utils.formatdate(int(self.now()), usegmt=True)
