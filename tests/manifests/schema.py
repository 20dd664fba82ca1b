#!/usr/bin/env python3
"""schema.py TOP OPENAPI: every object of TOP against the definitions of
Kubernetes, unknown keys refused; what kubectl renders where it is present.

Kinds without a definition there are told, and are not failures."""

import json
import os
import shutil
import sys

import yaml

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
        return list(tree.scene(top)) + list(
            tree.objects(f"{top}/manifests/notebook"))
    return [o for folder in ("cronjobs", "manifests",
                             "manifests/notebook",
                             "manifests/example/staging",
                             "manifests/example/production")
            for o in tree.rendered(f"{top}/{folder}")]


def task(schema, o):
    """Tekton defines no Task, but a step is a container but for one key."""
    for step in o["spec"]["steps"]:
        step = dict(step, resources=step.get("computeResources", {}))
        step.pop("computeResources", None)
        yield from schema.problems(
            step, {"$ref": "/io.k8s.api.core.v1.Container"}, step["name"])
    for v in o["spec"]["volumes"]:
        yield from schema.problems(
            v, {"$ref": "/io.k8s.api.core.v1.Volume"}, v["name"])


def run(schema, top, path):
    """The PipelineRun that a comment shows, by Tekton's own definition."""
    with open(f"{top}/manifests/notebook/tekton.yaml", encoding="ascii") as f:
        shown = [line[2:] for line in f if line.startswith("#\t")]
    with open(path, encoding="utf-8") as f:
        crd = json.load(f)["openAPIV3Schema"]
    o = yaml.load("".join(shown), tree.Strict)
    return schema.problems(o, crd, "the PipelineRun shown")


def main(top, path):
    schema, counts, none, bad = Schema(path), {}, {}, []
    tekton = f"{os.path.dirname(path)}/tekton.v1.pipelinerun.crd.json"
    if os.path.exists(tekton):
        bad += run(schema, top, tekton)
    for o in found(top):
        d = schema.of(o)
        if d is None:
            none[o["kind"]] = none.get(o["kind"], 0) + 1
            if o["kind"] == "Task":
                bad += task(schema, o)
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
