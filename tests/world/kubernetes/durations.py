"""Durations as Go reads and writes them."""

import re

NANOS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6,
         "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
PART = r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)"
WHOLE = re.compile(rf"[-+]?({PART})+")


def parse(text):
    """Nanoseconds; None: Go would not read it."""
    if text in ("0", "+0", "-0"):
        return 0
    if not WHOLE.fullmatch(text):
        return None
    total = sum(round(float(number) * NANOS[unit])
                for number, unit in re.findall(PART, text))
    return -total if text.startswith("-") else total


def decimal(value, unit):
    """A number of `unit` without trailing zeros."""
    return f"{value / unit:.9f}".rstrip("0").rstrip(".")


def written(nanos):
    """1h0m0s, 1m30s, 1.5s, 20ms, 0s."""
    sign, rest = ("-", -nanos) if nanos < 0 else ("", nanos)
    if rest == 0:
        return "0s"
    if rest < NANOS["s"]:
        unit = next(u for u in ("ms", "µs", "ns") if rest >= NANOS[u])
        return f"{sign}{decimal(rest, NANOS[unit])}{unit}"
    hours, rest = divmod(rest, NANOS["h"])
    minutes, rest = divmod(rest, NANOS["m"])
    text = f"{hours}h" if hours else ""
    if hours or minutes:
        text += f"{minutes}m"
    return f"{sign}{text}{decimal(rest, NANOS['s'])}s"


def seconds(text):
    """Of a duration that was found good."""
    return parse(text) / NANOS["s"]
