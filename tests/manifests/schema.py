#!/usr/bin/env python3
"""schema.py TOP OPENAPI: every object of TOP against the definitions of
Kubernetes, unknown keys refused; what kubectl renders where it is present.

Kinds without a definition there are told, and are not failures."""

import json
import os
import shutil
import sys

import tree

NAME = "x-kubernetes-group-version-kind"
TYPES = {"string": str, "integer": int, "boolean": bool, "array": list,
         "object": dict, "number": (int, float)}


class Schema:
    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            self.known = json.load(f)["definitions"]
        self.kinds = {}
        for name, d in self.known.items():
            for g in d.get(NAME, []):
                key = "/".join(x for x in (g["group"], g["version"]) if x)
                self.kinds[key, g["kind"]] = name

    def of(self, o):
        name = self.kinds.get((o["apiVersion"], o["kind"]))
        return {"$ref": "/" + name} if name else None

    def problems(self, value, d, where):
        """Sentences on what is wrong with a value, by a definition."""
        while "$ref" in d:
            d = self.known[d["$ref"].rsplit("/", 1)[1]]
        if d.get("format") == "int-or-string" or \
                d.get("x-kubernetes-int-or-string"):
            d = {"type": ("string", "integer")[isinstance(value, int)]}
        kind = TYPES.get(d.get("type"))
        if kind and not isinstance(value, kind) or \
                kind in (int, (int, float)) and isinstance(value, bool):
            yield f"{where}: {value!r} is no {d['type']}"
        elif isinstance(value, dict):
            yield from self.map(value, d, where)
        elif isinstance(value, list):
            for i, v in enumerate(value):
                yield from self.problems(v, d.get("items", {}),
                                         f"{where}[{i}]")

    def map(self, value, d, where):
        inner, more = d.get("properties"), d.get("additionalProperties")
        for key in d.get("required", []):
            if key not in value:
                yield f"{where}: {key} is missing"
        for key, v in value.items():
            if inner and key in inner:
                yield from self.problems(v, inner[key], f"{where}.{key}")
            elif isinstance(more, dict):
                yield from self.problems(v, more, f"{where}.{key}")
            elif inner:
                yield f"{where}: {key} is no key there"


def found(top):
    if not shutil.which("kubectl"):
        return list(tree.scene(top))
    return [o for folder in ("cronjobs", "manifests",
                             "manifests/example/staging",
                             "manifests/example/production")
            for o in tree.rendered(f"{top}/{folder}")]


def main(top, path):
    schema, counts, none, bad = Schema(path), {}, {}, []
    for o in found(top):
        d = schema.of(o)
        if d is None:
            none[o["kind"]] = none.get(o["kind"], 0) + 1
            if o["kind"] == "PersistentVolumeClaim":
                bad += schema.problems(o["spec"], {
                    "$ref": "/io.k8s.api.core.v1.PersistentVolumeClaimSpec"},
                    f"{o['metadata']['name']}.spec")
            continue
        counts[o["kind"]] = counts.get(o["kind"], 0) + 1
        bad += schema.problems(o, d, f"{o['kind']} {o['metadata']['name']}")
    print(("FAIL " if bad or not counts else "ok   ") +
          "objects agree with the definitions of Kubernetes: " +
          ", ".join(f"{n} {k}" for k, n in sorted(counts.items())))
    for b in bad:
        print("     " + b)
    print("     no definition: " +
          ", ".join(f"{n} {k}" for k, n in sorted(none.items())))
    return bool(bad)


sys.exit(main(os.path.abspath(sys.argv[1]), sys.argv[2]))
