"""GET of one object and of many."""

import base64
import json
import re

from kubernetes import status
from message import Answer

# The fields one may select by, beside a name and a namespace.
EVENT_FIELDS = re.compile(r"(involvedObject\.\w+|reason|type|source"
                          r"|reportingComponent)$")


def out(kind, thing):
    """An object as the asked kind has it."""
    return thing if kind.outward is None else kind.outward(thing)


def get(module, call):
    shelf = module.store.shelf(call.kind.stored, call.at)
    thing = shelf.get(call.key)
    if thing is None:
        raise status.not_found(call.kind, call.name)
    if call.kind.outward is not None:
        return Answer.of(200, out(call.kind, thing))
    return Answer(200, module.store.text(thing))


def terms(text):
    """(key, operator, value) of a selector of equalities."""
    for term in filter(None, text.split(",")):
        found = re.fullmatch(r"\s*([^=!\s]+)\s*(==|=|!=)\s*(\S*)\s*", term)
        if found:
            yield found.group(1), found.group(2) != "!=", found.group(3)
        elif re.fullmatch(r"\s*!?[^=!\s()]+\s*", term):
            key = term.strip()
            yield key.lstrip("!"), not key.startswith("!"), None
        else:
            raise status.bad_request(f"unable to parse requirement: {term}")


def chosen_by_label(thing, selector):
    labels = thing["metadata"].get("labels", {})
    for key, equal, value in selector:
        has = key in labels if value is None else labels.get(key) == value
        if has != equal:
            return False
    return True


def field(thing, path):
    for key in path.split("."):
        thing = thing.get(key, "") if isinstance(thing, dict) else ""
    return thing


def chosen_by_field(thing, selector):
    return all((field(thing, path) == value) == equal
               for path, equal, value in selector)


def field_terms(kind, text):
    found = list(terms(text))
    for path, _, _ in found:
        known = path in ("metadata.name", "metadata.namespace") or (
            kind.plural == "events" and EVENT_FIELDS.match(path))
        if not known:
            raise status.bad_request(f"field label not supported: {path}")
    return found


def token(version, key):
    text = json.dumps({"v": "meta.k8s.io/v1", "rv": version, "start": key})
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def from_token(text):
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * 3))
        return found["rv"], tuple(found["start"])
    except (ValueError, KeyError, TypeError):
        raise status.bad_request("continue key is not valid: "
                                 "illegal base64 or JSON") from None


def limit_of(text):
    if not re.fullmatch(r"\d*", text):
        raise status.bad_request(f'strconv.ParseInt: parsing "{text}": '
                                 "invalid syntax")
    return int(text or 0)


def items(kind, things):
    """Only custom resources say in a list what they are."""
    for thing in things:
        shown = dict(out(kind, thing))
        if not kind.custom:
            shown.pop("apiVersion")
            shown.pop("kind")
        yield shown


def many(module, call):
    """A list, in pages when there is a limit.  Every page is of the same
    moment: that of the first."""
    query = call.query
    if query.get("watch", "0") not in ("0", "false", ""):
        raise status.Refusal(501, "the world does not simulate watches",
                             "NotImplemented")
    version, start = module.store.version, None
    if call.at is not None:
        version = max(call.at, 1)
    if query.get("continue"):
        version, start = from_token(query["continue"])
        if version < module.oldest:
            raise status.expired()
    labels = list(terms(query.get("labelSelector", "")))
    selector = field_terms(call.kind, query.get("fieldSelector", ""))
    shelf = module.store.shelf(call.kind.stored, version)
    keys = sorted(key for key in shelf
                  if call.namespace in ("", key[0])
                  and chosen_by_label(shelf[key], labels)
                  and chosen_by_field(shelf[key], selector)
                  and (start is None or key > start))
    limit = limit_of(query.get("limit", ""))
    meta = {"resourceVersion": str(version)}
    if limit and len(keys) > limit:
        meta["continue"] = token(version, keys[limit - 1])
        if not labels and not selector:
            meta["remainingItemCount"] = len(keys) - limit
        keys = keys[:limit]
    found = {"kind": f"{call.kind.kind}List",
             "apiVersion": call.kind.api_version, "metadata": meta}
    things = [shelf[key] for key in keys]
    if call.kind.custom and call.kind.outward is None:
        texts = b",".join(map(module.store.text, things))
        head = json.dumps(found, separators=(",", ":")).encode()
        return Answer(200, b'%s,"items":[%s]}\n' % (head[:-1], texts))
    return Answer.of(200, {**found, "items": list(items(call.kind, things))})


def resources(kinds):
    """What discovery says of a group and version."""
    verbs = ["create", "delete", "get", "list", "patch", "update"]
    found = []
    for kind in kinds:
        entry = {"name": kind.plural, "singularName": kind.kind.lower(),
                 "namespaced": kind.namespaced, "kind": kind.kind}
        found.append(dict(entry, verbs=verbs))
        if kind.status:
            found.append(dict(entry, name=f"{kind.plural}/status",
                              singularName="",
                              verbs=["get", "patch", "update"]))
    version = kinds[0].api_version
    return {"kind": "APIResourceList", "apiVersion": "v1",
            "groupVersion": version, "resources": found}
