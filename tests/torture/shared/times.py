"""A state of the world at another time: its times moved, so that they may
pass without a clock that runs away from the node's."""

import re
from datetime import datetime, timedelta

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?=(?:\.\d+)?Z)")
NEAR = 2 * 86400    # s: what is further from now is not of its making


def moved(value, now, delta):
    """JSON of that now, `delta` seconds later."""
    if isinstance(value, dict):
        return {key: moved(found, now, delta)
                for key, found in value.items()}
    if isinstance(value, list):
        return [moved(found, now, delta) for found in value]
    if isinstance(value, str):
        return TIME.sub(lambda found: moved_text(found[0], now, delta),
                        value)
    if isinstance(value, (int, float)) and abs(value - now) <= NEAR:
        return value + delta
    return value


def moved_text(text, now, delta):
    when = datetime.fromisoformat(text + "+00:00")
    if abs(when.timestamp() - now) > NEAR:
        return text
    return (when + timedelta(seconds=delta)).strftime("%Y-%m-%dT%H:%M:%S")
