"""The files of cronjobs/ and manifests/ as objects: parsed strictly, put
together by a small part of what kustomize does, or by kubectl."""

import glob
import os
import re
import subprocess

import yaml


class Strict(yaml.SafeLoader):
    """No key twice, no aliases: what a reader sees is what applies."""

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias: write it out")
        return super().compose_node(parent, index)

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.YAMLError(f"key {key.value} twice")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def documents(path):
    with open(path, encoding="ascii") as f:
        text = f.read()
    if "\t" in re.sub(r"(?m)#.*$", "", text):
        raise yaml.YAMLError("a tab outside of a comment")
    return [d for d in yaml.load_all(text, Strict) if d is not None]


def files(top):
    found = [p for folder in ("cronjobs", "manifests") for p in glob.glob(
        f"{top}/{folder}/**/*.yaml", recursive=True)]
    return sorted(p for p in found if "/embedded/" not in p)


def kustomization(folder):
    return documents(f"{folder}/kustomization.yaml")[0]


def objects(folder):
    """What the resources of a folder name, its own patches left out."""
    for name in kustomization(folder).get("resources", []):
        path = os.path.normpath(f"{folder}/{name}")
        if os.path.isdir(path):
            yield from objects(path)
        else:
            yield from documents(path)


def merge(ours, patch):
    """A strategic merge: maps by key, lists of maps by name or path."""
    if isinstance(ours, dict) and isinstance(patch, dict):
        keys = list(ours) + [k for k in patch if k not in ours]
        return {k: merge(ours[k], patch[k]) if k in ours and k in patch
                else ours.get(k, patch.get(k)) for k in keys}
    if isinstance(ours, list) and isinstance(patch, list):
        def key(item):
            return item.get("mountPath", item.get("name"))
        if not all(isinstance(i, dict) for i in ours + patch):
            return patch
        known = {key(i): i for i in patch}
        return [merge(i, known.pop(key(i))) if key(i) in known else i
                for i in ours] + list(known.values())
    return patch


def scene(top):
    """All objects of the two folders, without kubectl."""
    [common] = documents(f"{top}/cronjobs/common.yaml")
    for o in objects(f"{top}/cronjobs"):
        merged = merge(o, common)
        merged["metadata"] = o["metadata"]
        yield merged
    yield from objects(f"{top}/manifests")
    with open(f"{top}/manifests/model.yaml", encoding="ascii") as f:
        yield {"apiVersion": "v1", "kind": "ConfigMap",
               "metadata": {"name": "model"}, "data": {"model.yaml": f.read()}}


def rendered(folder):
    text = subprocess.run(["kubectl", "kustomize", folder], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    return [d for d in yaml.load_all(text, Strict) if d is not None]


def by_namespace(found):
    """Objects of a render, apart by the namespace they end up in."""
    apart = {}
    for o in found:
        meta = o["metadata"]
        where = meta["name"] if o["kind"] == "Namespace" else \
            meta.get("namespace")
        apart.setdefault(where, []).append(o)
    return apart
