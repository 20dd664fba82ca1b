"""managedFields, in little: who wrote which fields last."""

SYSTEM = {"name", "namespace", "uid", "resourceVersion", "generation",
          "creationTimestamp", "managedFields", "selfLink"}


def tree(value):
    """The set of fields of a value, as FieldsV1 writes it."""
    if not isinstance(value, dict):
        return {}
    return {f"f:{key}": tree(item) for key, item in value.items()
            if item is not None}


def owned(thing):
    found = {}
    for key, value in thing.items():
        if key == "metadata":
            value = {k: v for k, v in value.items() if k not in SYSTEM}
            if value:
                found["f:metadata"] = tree(value)
        elif key not in ("apiVersion", "kind"):
            fields = tree(value)
            if key in ("data", "binaryData", "stringData"):
                fields = {".": {}, **fields}
            found[f"f:{key}"] = fields
    return found


def changed(new, old):
    """The top-level parts that are not as they were."""
    return {key: value for key, value in new.items()
            if key in ("apiVersion", "kind", "metadata")
            or value != old.get(key)}


def note(thing, old, manager, now, sub=""):
    """Writes down that `manager` made `thing` out of `old`."""
    before = [] if old is None else old["metadata"].get("managedFields", [])
    kept = [entry for entry in before if entry["manager"] != manager
            or entry.get("subresource", "") != sub]
    fields = owned(thing if old is None or not kept else changed(thing, old))
    if fields:
        entry = {"manager": manager, "operation": "Update",
                 "apiVersion": thing["apiVersion"], "time": now,
                 "fieldsType": "FieldsV1", "fieldsV1": fields}
        if sub:
            entry["subresource"] = sub
        kept.append(entry)
    if kept:
        thing["metadata"]["managedFields"] = kept
    else:
        thing["metadata"].pop("managedFields", None)
