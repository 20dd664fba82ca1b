"""Bodies: JSON in, objects of a kind out, or the server's refusal."""

import json

from kubernetes import fields, status, tekton


class Pairs(dict):
    """An object that remembers the keys it was given twice."""

    twice = ()


def pairs(found):
    thing = Pairs(found)
    if len(thing) != len(found):
        seen = set()
        thing.twice = [k for k, _ in found if k in seen or seen.add(k)]
    return thing


def repeated(value, path=""):
    """The paths of keys that came twice."""
    if isinstance(value, list):
        return [place for i, item in enumerate(value)
                for place in repeated(item, f"{path}[{i}]")]
    if not isinstance(value, dict):
        return []
    here = f"{path}." if path else ""
    found = [here + key for key in getattr(value, "twice", ())]
    for key, item in value.items():
        found += repeated(item, here + key)
    return found


def wrong_json(error, text):
    """What is wrong with it, as Go says it."""
    if error.pos >= len(text.rstrip()):
        return "unexpected end of JSON input"
    return (f"invalid character '{text[error.pos]}' looking for beginning "
            "of value")


def parse(kind, raw):
    text = raw.decode("utf-8", "replace")
    try:
        return json.loads(text, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        why = wrong_json(error, text)
    except RecursionError:
        why = "exceeded max depth"
    raise status.bad_request(
        f"the object provided is unrecognized (must be of type {kind.kind}): "
        f"couldn't get version/kind; json parse error: {why} ({text[:512]})")


def decode(kind, value, strictness):
    """(object as it is stored, warnings).  `strictness` is the request's
    fieldValidation: Strict, Warn or Ignore."""
    if not isinstance(value, dict):
        raise status.cannot_decode(kind, "json: cannot unmarshal "
                                   f"{fields.called(value)} into Go value")
    for key, own in (("kind", kind.kind), ("apiVersion", kind.api_version)):
        if value.get(key, own) != own:
            raise status.bad_request(
                f"the {key} of the object provided ({value[key]}) is not "
                f"that of the URL ({own})")
    unknown = []
    try:
        thing = typed(kind, value, unknown)
    except fields.Wrong as error:
        if kind.admit is not None:
            raise tekton.undecodable(error)
        raise status.cannot_decode(kind, error)
    thing.update(apiVersion=kind.api_version, kind=kind.kind)
    thing.setdefault("metadata", {})
    wrong = [f'duplicate field "{place}"' for place in repeated(value)]
    wrong += [f'unknown field "{place}"' for place in unknown]
    if unknown and kind.loose:
        raise tekton.undecodable(
            f'json: unknown field "{unknown[0].rpartition(".")[2]}"')
    if wrong and strictness == "Strict":
        raise status.cannot_decode(kind, "strict decoding error: "
                                   + ", ".join(wrong))
    if kind.admit is not None:
        kind.admit(kind, thing)
    if kind.inward is not None:
        thing = kind.inward(thing)
    return thing, wrong if strictness != "Ignore" else []


def typed(kind, value, unknown):
    if kind.fields is not None:
        return fields.decode(value, kind.fields, unknown=unknown)
    thing = json.loads(json.dumps(value))
    if thing.get("metadata") is not None:
        thing["metadata"] = fields.decode(thing["metadata"], "ObjectMeta",
                                          "metadata", unknown, kind.kind)
    return thing


def merge(target, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    found = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = merge(found.get(key), value)
    return found
