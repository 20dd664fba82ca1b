"""Times as Go's layouts read them, and its words about those it cannot."""

import re
from datetime import datetime, timezone

TIME = (("2006", 4), ("-", 0), ("01", 2), ("-", 0), ("02", 2), ("T", 0),
        ("15", 2), (":", 0), ("04", 2), (":", 0), ("05", 2))
LAYOUTS = {"time": "2006-01-02T15:04:05Z07:00",
           "micro": "2006-01-02T15:04:05.000000Z07:00"}
ZONE = re.compile(r"Z$|[+-]\d\d:\d\d$")
LIMITS = {"01": (1, 12), "02": (1, 31), "15": (0, 23), "04": (0, 59),
          "05": (0, 59)}
NAMES = {"01": "month", "02": "day", "15": "hour", "04": "minute",
         "05": "second"}


def check(text, kind):
    """What is wrong with a time; None: nothing."""
    def cannot(rest, element):
        return (f'parsing time "{text}" as "{LAYOUTS[kind]}": cannot parse '
                f'"{rest}" as "{element}"')

    rest = text
    for element, width in TIME:
        if not width:
            if not rest.startswith(element):
                return cannot(rest, element)
            rest = rest[1:]
            continue
        digits = rest[:width]
        if len(digits) < width or not digits.isdigit():
            return cannot(rest, element)
        low, high = LIMITS.get(element, (0, 9999))
        if not low <= int(digits) <= high:
            return f'parsing time "{text}": {NAMES[element]} out of range'
        rest = rest[width:]
    if kind == "micro":
        if not re.match(r"\.\d{6}", rest):
            return cannot(rest, ".000000")
        rest = rest[7:]
    else:
        rest = re.sub(r"^\.\d+", "", rest)
    if not ZONE.match(rest):
        return cannot(rest, "Z07:00")
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return f'parsing time "{text}": day out of range'
    return None


def written(text, kind):
    """A time that check() found good, as the server writes it: in UTC."""
    if text.endswith("Z") and (kind == "micro" or "." not in text):
        return text
    when = datetime.fromisoformat(text).astimezone(timezone.utc)
    layout = "%Y-%m-%dT%H:%M:%S" + (".%fZ" if kind == "micro" else "Z")
    return when.strftime(layout)
