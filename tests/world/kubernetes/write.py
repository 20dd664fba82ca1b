"""POST, PUT, PATCH and DELETE."""

import json

from kubernetes import body, check, managed, status
from kubernetes.read import out
from message import Answer

MERGE = "application/merge-patch+json"
NO_VERSION = ("FieldValueInvalid", "metadata.resourceVersion",
              "Invalid value: 0x0: must be specified for an update")


def answer(module, call, code, thing, effect, warnings=()):
    headers = [("Warning", "299 - " + json.dumps(text)) for text in warnings]
    return Answer.of(code, out(call.kind, thing), headers=headers,
                     effect=effect)


def effect(call, name, version, word):
    where = f"{call.namespace}/{name}" if call.namespace else name
    return f"{call.kind.kind} {where} {version} {word}"


def dry(call):
    """Whether nothing is to be stored."""
    asked = call.query.get("dryRun")
    if asked is None:
        return False
    if asked != "All":
        raise status.bad_request(
            f'dryRun: Unsupported value: "{asked}": supported values: "All"')
    return True


def read_body(call):
    kind = call.media
    if kind not in ("", "application/json"):
        raise status.Refusal(
            415, "the body of the request was in an unknown format - "
            "accepted media types include: application/json",
            "UnsupportedMediaType", {})
    value = body.parse(call.kind, call.body)
    return body.decode(call.kind, value, strictness(call))


def strictness(call):
    return call.query.get("fieldValidation", "Warn")


def place(call, thing):
    """Puts the object where the URL says, and refuses another place."""
    meta = thing["metadata"]
    if meta.get("namespace", call.namespace) != call.namespace:
        raise status.bad_request("the namespace of the provided object does "
                                 "not match the namespace sent on the "
                                 "request")
    if call.namespace:
        meta["namespace"] = call.namespace
    if call.name and meta.get("name") != call.name:
        if not meta.get("name"):
            raise status.bad_request("the name of the object (based on URL) "
                                     "was undeterminable: name must be "
                                     "provided")
        raise status.bad_request(
            f"the name of the object ({meta['name']}) does not match the "
            f"name on the URL ({call.name})")


def refuse_invalid(call, thing, old):
    causes = check.metadata(thing["metadata"]) + call.kind.check(thing, old)
    if causes:
        raise status.invalid(call.kind, thing["metadata"].get("name", ""),
                             causes)


def create(module, call):
    thing, warnings = read_body(call)
    place(call, thing)
    if thing["metadata"].get("resourceVersion"):
        raise status.Refusal(500, "resourceVersion should not be set on "
                             "objects to be created")
    return new(module, call, thing, warnings)


def new(module, call, thing, warnings):
    """Makes an object that is not there yet."""
    meta = thing["metadata"]
    module.need_namespace(call)
    if not meta.get("name") and meta.get("generateName"):
        meta["name"] = meta["generateName"][:58] + module.store.suffix()
    for key in ("resourceVersion", "managedFields", "deletionTimestamp"):
        meta.pop(key, None)
    meta["uid"] = module.store.uid()
    meta["creationTimestamp"] = module.clock.seconds()
    if call.kind.generation:
        meta["generation"] = 1
    if call.kind.status:
        thing.pop("status", None)
    name = meta.get("name", "")
    call.kind.default(thing, name)
    refuse_invalid(call, thing, None)
    key = (call.namespace, name)
    if key in module.store.shelf(call.kind.stored):
        raise status.exists(call.kind, name)
    managed.note(thing, None, call.manager, module.clock.seconds())
    done = None
    if not dry(call):
        version = module.store.put(call.kind.stored, key, thing)
        module.told(call, None, thing)
        done = effect(call, name, version, "created")
    return answer(module, call, 201, thing, done, warnings)


def version_of(meta):
    text = meta.get("resourceVersion", "") or "0"
    if not text.isdigit():
        raise status.Refusal(500, f'strconv.ParseUint: parsing "{text}": '
                             "invalid syntax")
    return int(text)


def same_object(call, meta, uid):
    """A uid in the body is a precondition."""
    if meta.get("uid", uid) != uid:
        where = f"/registry/{call.kind.plural}/{call.namespace}/{call.name}"
        raise status.conflict(
            call.kind, call.name, "StorageError: invalid object, Code: 4, "
            f"Key: {where}, ResourceVersion: 0, AdditionalErrorMsg: "
            f"Precondition failed: UID in precondition: {meta['uid']}, UID "
            f"in object meta: {uid}")


def update(module, call):
    thing, warnings = read_body(call)
    place(call, thing)
    given = version_of(thing["metadata"])
    old = module.store.shelf(call.kind.stored).get(call.key)
    if old is None:
        if not call.kind.create_on_update or call.sub:
            raise status.not_found(call.kind, call.name)
        module.need(call, "create")
        same_object(call, thing["metadata"], "")
        return new(module, call, thing, warnings)
    same_object(call, thing["metadata"], old["metadata"]["uid"])
    if not given and not call.kind.unconditional:
        raise status.invalid(call.kind, call.name, [NO_VERSION], plural=True)
    if given and str(given) != old["metadata"]["resourceVersion"]:
        raise status.conflict(call.kind, call.name)
    return replace(module, call, old, thing, warnings)


def patch(module, call):
    if call.media != MERGE:
        raise status.unsupported_media()
    old = module.store.shelf(call.kind.stored).get(call.key)
    if old is None:
        raise status.not_found(call.kind, call.name)
    merged = body.merge(out(call.kind, old),
                        body.parse(call.kind, call.body))
    thing, warnings = body.decode(call.kind, merged, strictness(call))
    place(call, thing)
    same_object(call, thing["metadata"], old["metadata"]["uid"])
    given = version_of(thing["metadata"])
    if given and str(given) != old["metadata"]["resourceVersion"]:
        raise status.conflict(call.kind, call.name)
    return replace(module, call, old, thing, warnings)


def copy(value):
    return json.loads(json.dumps(value))


def replace(module, call, old, thing, warnings):
    """Puts `thing` in the place of `old`; what is the same is not written
    again."""
    meta = thing["metadata"]
    kept = {key: old["metadata"][key] for key in
            ("uid", "creationTimestamp", "generation", "resourceVersion")
            if key in old["metadata"]}
    if call.sub == "status":
        state = thing.get("status")
        thing = copy(old)
        meta = thing["metadata"]
        if state is not None:
            thing["status"] = state
    elif call.kind.status:
        thing.pop("status", None)
        if "status" in old:
            thing["status"] = copy(old["status"])
    meta.update(kept)
    meta.pop("managedFields", None)
    call.kind.default(thing, call.name)
    if call.kind.generation and spec(thing) != spec(old):
        meta["generation"] = old["metadata"].get("generation", 1) + 1
    refuse_invalid(call, thing, old)
    done = None
    if bare(thing) == bare(old):
        thing = old
    else:
        managed.note(thing, old, call.manager, module.clock.seconds(),
                     call.sub)
        if not dry(call):
            version = module.store.put(call.kind.stored, call.key, thing)
            module.told(call, old, thing)
            done = effect(call, call.name, version, "updated")
    return answer(module, call, 200, thing, done, warnings)


def spec(thing):
    return {key: value for key, value in thing.items()
            if key not in ("metadata", "status")}


def bare(thing):
    meta = {key: value for key, value in thing["metadata"].items()
            if key != "managedFields"}
    return dict(thing, metadata=meta)


def preconditions(call, meta):
    """Those of a DELETE, which come in its body."""
    if not call.body:
        return
    options = body.parse(call.kind, call.body)
    found = options.get("preconditions") or {}
    for key, word, field, then in (
            ("uid", "UID", "uid", "deleted and then recreated"),
            ("resourceVersion", "ResourceVersion", "resourceVersion",
             "modified")):
        if found.get(key, meta[field]) != meta[field]:
            raise status.conflict(
                call.kind, call.name, f"the {word} in the precondition "
                f"({found[key]}) does not match the {word} in record "
                f"({meta[field]}). The object might have been {then}",
                plural=False)


def delete(module, call):
    old = module.store.shelf(call.kind.stored).get(call.key)
    if old is None:
        raise status.not_found(call.kind, call.name)
    preconditions(call, old["metadata"])
    done = None
    if not dry(call):
        version = module.store.put(call.kind.stored, call.key, None)
        module.told(call, old, None)
        done = effect(call, call.name, version, "deleted")
        if call.kind.fields == "Namespace":
            module.empty(call.name)
    told = status.details(call.kind, call.name, uid=old["metadata"]["uid"])
    return Answer.of(200, {"kind": "Status", "apiVersion": "v1",
                           "metadata": {}, "status": "Success",
                           "details": told}, effect=done)
