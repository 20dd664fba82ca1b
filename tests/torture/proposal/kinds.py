"""Which exchanges of a proposal can meet what (shared/kinds.py)."""


def of_forge(line):
    """A read of the forge: git says for itself what is stale."""
    return line["path"].startswith("/api/") and not line["mutating"]


def is_object(line):
    """An answer of the forge that is no list."""
    if not line["path"].startswith("/api/"):
        return False
    listing = line["path"].endswith(("/pulls", "/labels"))
    return (line["status"] != 304 and not listing
            or line["method"] == "POST" and line["path"].endswith("/pulls"))


FITS = {"past": of_forge, "object": is_object}
