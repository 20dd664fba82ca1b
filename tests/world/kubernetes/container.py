"""Programs that containers stand for, really run: their environment, their
arguments, and folders in the place of their volumes."""

import base64
import os
import re
import shutil
import subprocess
import tempfile

LONGEST = 300   # s of real time that a program may run


def execute(argv, env, folder):
    """(exit status, the end of what it said)"""
    try:
        done = subprocess.run(
            argv, cwd=folder, check=False, timeout=LONGEST,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder,
                 "LANG": "C.UTF-8", "TMPDIR": folder,
                 "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""), **env})
    except subprocess.TimeoutExpired:
        return 137, "ran longer than the world lets it"
    except OSError as error:
        return 127, str(error)
    return done.returncode, done.stdout.decode(errors="replace")[-2000:]


def task(run, plan):
    """A program in the place of a whole Tekton run: it gets the parameters
    as PARAM_NAME, and what it writes below $RESULTS are the results."""
    folder = tempfile.mkdtemp(prefix="modelsync-run-")
    try:
        results = os.path.join(folder, "results")
        os.mkdir(results)
        env = {"RESULTS": results, "RUN": run["metadata"]["name"],
               **plan.get("env", {})}
        for param in run["spec"].get("params", ()):
            name = re.sub(r"\W", "_", param["name"]).upper()
            env[f"PARAM_{name}"] = str(param["value"])
        code, _ = execute(plan["command"], env, folder)
        found = []
        for name in sorted(os.listdir(results)):
            with open(os.path.join(results, name), encoding="utf-8") as file:
                found.append({"name": name, "value": file.read()})
        return code, found
    finally:
        shutil.rmtree(folder)


def field(thing, template, path):
    """What fieldRef names, of the pod of a Job."""
    found = re.fullmatch(r"metadata\.(labels|annotations)\['(.+)'\]", path)
    meta = thing["metadata"]
    if found:
        return template.get("metadata", {}).get(found.group(1), {}).get(
            found.group(2), "")
    return {"metadata.namespace": meta["namespace"],
            "metadata.name": f"{meta['name']}-bcdfg",
            "metadata.uid": meta["uid"]}.get(path, "")


class Pod:
    """One try of a Job."""

    def __init__(self, store, thing, plan):
        self.store = store
        self.thing = thing
        self.plan = plan
        self.template = thing["spec"]["template"]
        self.folder = tempfile.mkdtemp(prefix="modelsync-job-")
        self.volumes = {v["name"]: self.volume(v) for v in
                        self.template["spec"].get("volumes", ())}

    def stored(self, kind, name):
        """The bytes in a ConfigMap or a Secret."""
        key = self.thing["metadata"]["namespace"], name
        thing = self.store.shelf(kind).get(key, {})
        if kind == "configmaps":
            return {k: v.encode() for k, v in thing.get("data", {}).items()}
        return {k: base64.b64decode(v)
                for k, v in thing.get("data", {}).items()}

    def volume(self, volume):
        """A folder that the plan gives, or one of its own."""
        claim = volume.get("persistentVolumeClaim", {}).get("claimName")
        given = self.plan.get("volumes", {})
        for name in (volume["name"], claim):
            if name in given:
                return given[name]
        path = os.path.join(self.folder, volume["name"])
        os.mkdir(path)
        for kind, key in (("configMap", "name"), ("secret", "secretName")):
            if kind in volume:
                files = self.stored(f"{kind.lower()}s", volume[kind][key])
                for name, data in files.items():
                    with open(os.path.join(path, name), "wb") as file:
                        file.write(data)
        return path

    def places(self, container):
        """Where the container has a path, and where it is here."""
        found = [(mount["mountPath"].rstrip("/"),
                  os.path.join(self.volumes[mount["name"]],
                               mount.get("subPath", "")).rstrip("/"))
                 for mount in container.get("volumeMounts", ())]
        return sorted(found, key=lambda pair: -len(pair[0]))

    def here(self, text, places):
        """A text with the container's paths in it, as they are here."""
        names = dict(places)
        if not names:
            return text
        pattern = "|".join(re.escape(name) for name, _ in places)
        return re.sub(rf"(?<![\w./-])({pattern})(?![\w.-])",
                      lambda m: names[m.group(1)], text)

    def value(self, item):
        source = item.get("valueFrom")
        if source is None:
            return item.get("value", "")
        if "fieldRef" in source:
            return field(self.thing, self.template,
                         source["fieldRef"]["fieldPath"])
        for kind in ("configMap", "secret"):
            ref = source.get(f"{kind}KeyRef")
            if ref:
                return self.stored(f"{kind.lower()}s", ref["name"]).get(
                    ref["key"], b"").decode()
        return ""

    def run(self, container, command):
        """`command` True: the container's own."""
        places = self.places(container)
        env = {}
        for item in container.get("env", ()):
            env[item["name"]] = self.here(self.value(item), places)
        env.update(self.plan.get("env", {}))
        argv = container.get("command", []) if command is True else command
        argv = [*argv, *container.get("args", [])]
        argv = [self.here(re.sub(
            r"\$\((\w+)\)", lambda m: env.get(m.group(1), m.group()), word),
            places) for word in argv]
        return execute(argv, env, self.folder)

    def all(self):
        """(exit status, words) of the first that fails, or of the last;
        what has no command is not run."""
        spec, asked = self.template["spec"], self.plan["command"]
        main = spec["containers"]
        if not isinstance(asked, dict):
            asked = {main[0]["name"]: asked}
        try:
            found = 0, ""
            for container in [*spec.get("initContainers", ()), *main]:
                if container["name"] in asked:
                    found = self.run(container, asked[container["name"]])
                if found[0]:
                    break
            return found
        finally:
            shutil.rmtree(self.folder)
