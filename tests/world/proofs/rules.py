"""Objects, versions and what makes them invalid."""

from proofs.client import (LEASES, MAPS, MERGE, T, config_map, lease, must,
                           refused, same)


def lease_lives(w):
    """a Lease: created, read, updated under its version, removed"""
    made = w.ask("POST", LEASES, lease(holderIdentity="a", renewTime=T))
    same(made.status, 201)
    first = made.json["metadata"]["resourceVersion"]
    read = w.ask("GET", f"{LEASES}/x")
    same(read.json, made.json)
    put = w.ask("PUT", f"{LEASES}/x", lease(version=first,
                                            holderIdentity="b"))
    same(put.status, 200)
    must(int(put.json["metadata"]["resourceVersion"]) > int(first))
    same(put.json["metadata"]["uid"], made.json["metadata"]["uid"])
    must("renewTime" not in put.json["spec"])
    same(w.ask("DELETE", f"{LEASES}/x").json["status"], "Success")
    refused(w.ask("GET", f"{LEASES}/x"), 404, "NotFound", '"x" not found')


def lease_put_without_version(w):
    """PUT of a Lease without a version: 422"""
    w.ask("POST", LEASES, lease())
    refused(w.ask("PUT", f"{LEASES}/x", lease(holderIdentity="b")), 422,
            "Invalid", "must be specified for an update")


def lease_put_creates(w):
    """PUT of a Lease that is not there makes it, whatever its version"""
    same(w.ask("PUT", f"{LEASES}/x", lease(version="7")).status, 201)
    gone = lease("y")
    gone["metadata"]["uid"] = "1-2"
    refused(w.ask("PUT", f"{LEASES}/y", gone), 409, "Conflict", "UID")
    gone["metadata"].update(name="x", resourceVersion=w.person(
        f"{LEASES}/x")["metadata"]["resourceVersion"])
    refused(w.ask("PUT", f"{LEASES}/x", gone), 409, "Conflict", "UID")


def conflict_and_exists(w):
    """409 is Conflict for a stale version, AlreadyExists for a POST"""
    made = w.ask("POST", LEASES, lease())
    old = made.json["metadata"]["resourceVersion"]
    w.ask("PUT", f"{LEASES}/x", lease(version=old, holderIdentity="b"))
    refused(w.ask("PUT", f"{LEASES}/x", lease(version=old)), 409, "Conflict",
            "has been modified")
    refused(w.ask("POST", LEASES, lease()), 409, "AlreadyExists")
    refused(w.ask("PATCH", f"{LEASES}/x", {"metadata": {
        "resourceVersion": old}}, media=MERGE), 409, "Conflict")


def micro_time(w):
    """MicroTime has exactly six digits: 400"""
    for text in ("2026-10-01T00:00:00Z", "2026-10-01T00:00:00.123Z",
                 "2026-10-01T00:00:00.123456789Z", "2026-13-01T00:00:00Z",
                 "2026-02-30T00:00:00.000000Z", "", "now"):
        refused(w.ask("POST", LEASES, lease(renewTime=text)), 400,
                "BadRequest", "parsing time")
    refused(w.ask("POST", LEASES, lease(renewTime=1)), 400, "BadRequest")
    made = w.ask("POST", LEASES, lease(
        renewTime="2026-10-01T02:00:00.123456+02:00"))
    same(made.json["spec"]["renewTime"], "2026-10-01T00:00:00.123456Z")


def lease_values(w):
    """a Lease's numbers: duration over 0, transitions not under 0"""
    refused(w.ask("POST", LEASES, lease(leaseDurationSeconds=0)), 422,
            "Invalid", "must be greater than 0")
    refused(w.ask("POST", LEASES, lease(leaseTransitions=-1)), 422,
            "Invalid", "greater than or equal to 0")
    refused(w.ask("POST", LEASES, lease(leaseDurationSeconds="5")), 400,
            "BadRequest", "cannot unmarshal string")
    refused(w.ask("POST", LEASES, lease(leaseDurationSeconds=1 << 31)), 400,
            "BadRequest")


def wrong_place(w):
    """another name or namespace than the URL's: 400"""
    refused(w.ask("PUT", f"{LEASES}/x", lease("y")), 400, "BadRequest",
            "(y)", "(x)")
    other = lease()
    other["metadata"]["namespace"] = "default"
    refused(w.ask("POST", LEASES, other), 400, "BadRequest", "namespace")
    refused(w.ask("POST", LEASES, dict(lease(), kind="Job")), 400,
            "BadRequest")


def strict(w):
    """unknown and double fields: refused, warned about, or let pass"""
    odd = config_map()
    odd["dat"] = {}
    refused(w.ask("POST", f"{MAPS}?fieldValidation=Strict", odd), 400,
            "BadRequest", 'unknown field "dat"')
    deep = lease(holder="x")
    refused(w.ask("POST", f"{LEASES}?fieldValidation=Strict", deep), 400,
            "BadRequest", 'unknown field "spec.holder"')
    refused(w.ask("POST", f"{MAPS}?fieldValidation=Strict",
                  '{"metadata":{"name":"c","name":"c"}}'), 400, "BadRequest",
            'duplicate field "metadata.name"')
    made = w.ask("POST", MAPS, odd)
    same(made.status, 201)
    must("dat" in made.headers["warning"], made.headers)
    must("dat" not in made.json)
    must("warning" not in w.ask(
        "POST", f"{MAPS}?fieldValidation=Ignore",
        dict(odd, metadata={"name": "d"})).headers)


def dry_run(w):
    """dryRun=All answers as if, and changes nothing"""
    made = w.ask("POST", f"{LEASES}?dryRun=All", lease())
    same(made.status, 201)
    must("resourceVersion" not in made.json["metadata"])
    same(w.person(f"{LEASES}/x"), None)
    old = w.ask("POST", LEASES, lease()).json
    version = old["metadata"]["resourceVersion"]
    w.ask("PUT", f"{LEASES}/x?dryRun=All",
          lease(version=version, holderIdentity="z"))
    w.ask("DELETE", f"{LEASES}/x?dryRun=All")
    same(w.person(f"{LEASES}/x"), old)
    same([line["effect"] is None for line in w.record()],
         [True, False, True, True])


def no_namespace(w):
    """a namespace that is missing: 404 for writes, an empty list"""
    path = LEASES.replace("/ml/", "/none/")
    refused(w.ask("POST", path, lease()), 404, "NotFound",
            'namespaces "none" not found')
    refused(w.ask("PUT", f"{path}/x", lease()), 404, "NotFound",
            'namespaces "none"')
    refused(w.ask("GET", f"{path}/x"), 404, "NotFound",
            'leases.coordination.k8s.io "x"')
    same(w.ask("GET", path).json["items"], [])


def maps(w):
    """a ConfigMap: unconditional PUT is taken, of a missing one is not"""
    refused(w.ask("PUT", f"{MAPS}/c", config_map(a="1")), 404, "NotFound")
    w.ask("POST", MAPS, config_map(a="1"))
    same(w.ask("PUT", f"{MAPS}/c", config_map(a="2")).json["data"],
         {"a": "2"})
    got = w.ask("PATCH", f"{MAPS}/c", {"data": {"a": None, "b": "3"}},
                media=MERGE)
    same(got.json["data"], {"b": "3"})
    refused(w.ask("PATCH", f"{MAPS}/c", {}), 415, "UnsupportedMediaType")
    refused(w.ask("POST", MAPS, config_map("C_D")), 422, "Invalid",
            "RFC 1123")
    refused(w.ask("POST", MAPS, config_map("l", {"a": "b c"})), 422,
            "Invalid", "valid label")
    big = config_map("n")
    big["metadata"]["annotations"] = {"a": "x" * (256 << 10)}
    refused(w.ask("POST", MAPS, big), 422, "Invalid", "262144")


def unchanged(w):
    """a write that changes nothing has no new version"""
    old = w.ask("POST", MAPS, config_map(a="1")).json
    put = w.ask("PUT", f"{MAPS}/c", config_map(a="1")).json
    same(put, old)
    same(w.record()[-1]["effect"], None)


def lists(w):
    """lists: in pages of one moment, by label, over all namespaces"""
    for i in range(5):
        w.ask("POST", MAPS, config_map(f"c{i}", {"odd": str(i % 2)}))
    page = w.ask("GET", f"{MAPS}?limit=2").json
    same([len(page["items"]), page["metadata"]["remainingItemCount"]], [2, 3])
    must("kind" not in page["items"][0])
    w.ask("DELETE", f"{MAPS}/c3")
    names = [i["metadata"]["name"] for i in page["items"]]
    while "continue" in page["metadata"]:
        more = page["metadata"]["continue"]
        page = w.ask("GET", f"{MAPS}?limit=2&continue={more}").json
        names += [i["metadata"]["name"] for i in page["items"]]
    same(names, ["c0", "c1", "c2", "c3", "c4"])
    for selector, count in (("odd=1", 1), ("odd!=1", 3), ("odd", 4),
                            ("!odd", 0), ("odd==0,odd!=1", 3)):
        got = w.ask("GET", f"{MAPS}?labelSelector={selector}").json
        same(len(got["items"]), count, selector)
    same(len(w.ask("GET", "/api/v1/configmaps").json["items"]), 4)
    same(len(w.ask("GET", f"{MAPS}?fieldSelector=metadata.name=c4")
             .json["items"]), 1)
    same(w.ask("GET", f"{MAPS}?continue=nonsense").status, 400)


def delete_preconditions(w):
    """DELETE under a version and a uid"""
    made = w.ask("POST", LEASES, lease()).json["metadata"]
    for wrong in ({"resourceVersion": "1"}, {"uid": "1-2"}):
        refused(w.ask("DELETE", f"{LEASES}/x", {"preconditions": wrong}),
                409, "Conflict", "precondition")
    right = {"uid": made["uid"], "resourceVersion": made["resourceVersion"]}
    same(w.ask("DELETE", f"{LEASES}/x", {"preconditions": right}).status, 200)


def custom(w):
    """a registered kind: its objects, its status, its strictness"""
    w.ctl("POST", "/kinds", {"group": "modelsync.dev", "version": "v1alpha1",
                             "kind": "Thing", "fields": ["url"]})
    path = "/apis/modelsync.dev/v1alpha1/namespaces/ml/things"
    thing = {"metadata": {"name": "t"}, "spec": {"url": "u"}}
    made = w.ask("POST", path, dict(thing, status={"x": 1}))
    same((made.status, "status" in made.json), (201, False))
    version = made.json["metadata"]["resourceVersion"]
    refused(w.ask("PUT", f"{path}/t", thing), 422, "Invalid",
            "must be specified")
    thing["metadata"]["resourceVersion"] = version
    put = w.ask("PUT", f"{path}/t/status", dict(
        thing, status={"x": 2}, spec={"url": "v"})).json
    same((put["status"], put["spec"], put["metadata"]["generation"]),
         ({"x": 2}, {"url": "u"}, 1))
    refused(w.ask("POST", f"{path}?fieldValidation=Strict", {
        "metadata": {"name": "s"}, "spec": {"uri": "u"}}), 400, "BadRequest",
        'unknown field "spec.uri"')
    must("kind" in w.ask("GET", path).json["items"][0])


def elsewhere(w):
    """what no server has: 404, 405, and bodies that are no JSON: 400"""
    same(w.ask("GET", "/apis/batch/v9/namespaces/ml/jobs").status, 404)
    same(w.ask("GET", "/nothing").status, 404)
    refused(w.ask("PUT", LEASES, lease()), 405, "MethodNotAllowed")
    refused(w.ask("POST", LEASES, '{"metadata":'), 400, "BadRequest",
            "unexpected end of JSON input")
    refused(w.ask("POST", LEASES, "[1]"), 400, "BadRequest", "array")
    refused(w.ask("POST", LEASES, "[" * 200000), 400, "BadRequest")


ALL = [lease_lives, lease_put_without_version, lease_put_creates,
       conflict_and_exists, micro_time, lease_values, wrong_place, strict,
       dry_run, no_namespace, maps, unchanged, lists, delete_preconditions,
       custom, elsewhere]
