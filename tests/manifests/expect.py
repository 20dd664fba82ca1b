#!/usr/bin/env python3
"""expect.py TOP [render]: what the files for a cluster promise, checked on
the objects; with "render", on what kubectl makes of them too.

Prints a line "ok   ..." or "FAIL ..." for each promise."""

import os
import re
import sys
import tempfile

import yaml

import tree

UNIT = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
START = 60      # s from a Job's start to a program's, image and volumes
MARGIN = 15     # s a Lease outlasts its step
ROUNDS = 20     # of a catch-up
KINDS = {"CronJob", "Namespace", "ServiceAccount", "Role", "RoleBinding",
         "Lease", "ConfigMap", "PersistentVolumeClaim", "NetworkPolicy",
         "PrometheusRule", "Kustomization", "Component", "Model",
         "Task", "Pipeline", "PipelineRunner", "CustomResourceDefinition",
         "Job", "PipelineRun",
         "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"}
OBJECTS = "run-pipeline"        # not of a model: of a namespace's objects
SYNCS = ["modelsync.dev", "automl.cloudai.kubeflow.org"]
failed = False


def check(name, problems):
    global failed
    problems = list(problems)
    print(("FAIL " if problems else "ok   ") + name)
    for p in problems:
        print("     " + p)
    failed = failed or bool(problems)


def seconds(text):
    return int(text[:-1]) * UNIT[text[-1]]


def tools(top):
    return sorted(t for t in os.listdir(f"{top}/cmd")
                  if os.path.exists(f"{top}/cmd/{t}/decide.c"))


def parse(top):
    for path in tree.files(top):
        where = os.path.relpath(path, top)
        try:
            for d in tree.documents(path):
                if not isinstance(d, dict) or d.get("kind") not in KINDS \
                        or not isinstance(d.get("apiVersion"), str):
                    yield f"{where}: no object of a known kind"
        except (yaml.YAMLError, UnicodeDecodeError) as e:
            yield f"{where}: {e}"


def named(top):
    """Files named by kustomizations are there, and the others are named."""
    used = set()
    for path in tree.files(top):
        folder, name = os.path.split(path)
        if name != "kustomization.yaml":
            continue
        k = tree.documents(path)[0]
        names = k.get("resources", []) + k.get("components", []) + \
            [p["path"] for p in k.get("patches", []) if "path" in p] + \
            [f for g in k.get("configMapGenerator", []) for f in g["files"]]
        for n in names:
            full = os.path.normpath(f"{folder}/{n}")
            used.add(full)
            if os.path.isdir(full):
                full += "/kustomization.yaml"
            if not os.path.exists(full):
                yield f"{os.path.relpath(path, top)}: {n} is not there"
    for path in tree.files(top):
        if not path.endswith("/kustomization.yaml") and path not in used:
            yield f"{os.path.relpath(path, top)}: no kustomization names it"


def targets(top):
    """Every patch has an object it applies to."""
    known = {(o["kind"], o["metadata"]["name"]) for o in tree.scene(top)}
    for path in tree.files(top):
        if not path.endswith("/kustomization.yaml"):
            continue
        for p in tree.documents(path)[0].get("patches", []):
            t = p["target"]
            if not any(k == t["kind"] and re.fullmatch(t.get("name", ".*"), n)
                       for k, n in known):
                yield f"{os.path.relpath(path, top)}: nothing is {t}"


class Scene:
    """One model's objects: those of one namespace."""

    def __init__(self, found):
        self.found = {(o["kind"], o["metadata"]["name"]): o for o in found}
        self.document = yaml.load(
            self.get("ConfigMap", "model")["data"]["model.yaml"], tree.Strict)
        self.model = self.document["metadata"]["name"]

    def get(self, kind, name):
        return self.found.get((kind, name), {})

    def all(self, kind):
        return {n: o for (k, n), o in self.found.items() if k == kind}

    def pod(self, name):
        job = self.get("CronJob", name)["spec"]["jobTemplate"]["spec"]
        return job["template"]["spec"]


def jobs(s, tool):
    """A schedule and two twins that nothing starts."""
    for twin, flags in (("", set()), ("-catch-up", {"--catch-up"}),
                        ("-plan", {"--dry-run", "--output=markdown"})):
        name = tool + twin
        o = s.get("CronJob", name)
        if not o:
            yield f"no CronJob {name}"
            continue
        spec, pod = o["spec"], s.pod(name)
        c = pod["containers"][0]
        want = flags | {"--deadline=50s", "--log=json", "--held-ok"}
        if twin != "-plan":
            want |= {f"--event-for={tool}"}
        if tool == OBJECTS:
            want |= {"--config=/etc/modelsync-runner/runner.yaml"}
        got = {a for a in c["args"] if not a.startswith("--push-gateway=")}
        if got != want or len(c["args"]) > len(want) + (twin != "-plan"):
            yield f"{name}: args {c['args']}, expected {sorted(want)}"
        if c["command"] != [f"/usr/local/bin/{tool}"]:
            yield f"{name}: command {c['command']}"
        account = name if twin == "-plan" else tool
        if pod["serviceAccountName"] != account:
            yield f"{name}: runs as {pod['serviceAccountName']}"
        if spec.get("suspend", False) != (bool(twin) or tool == OBJECTS):
            yield f"{name}: suspend is {spec.get('suspend')}"
        if not twin and not 10 <= spec.get("startingDeadlineSeconds", 0):
            yield f"{name}: startingDeadlineSeconds"
        if len(name) > 52:
            yield f"{name}: longer than 52"
        if spec["concurrencyPolicy"] != "Forbid" or "timeZone" not in spec \
                or not spec["successfulJobsHistoryLimit"] \
                or not spec["failedJobsHistoryLimit"]:
            yield f"{name}: Forbid, a zone and history limits are missing"


def deadlines(s, tool):
    """run < Lease < activeDeadlineSeconds, the pod's start included."""
    run = seconds([a for a in s.pod(tool)["containers"][0]["args"]
                   if a.startswith("--deadline=")][0].split("=")[1])
    step = 0
    if tool == "train-model":
        step = seconds(s.document["spec"]["training"]["exec"]["deadline"])
    lease = run + step + MARGIN         # from its reading to the one write
    short = (run + MARGIN) + run
    need = {"": START + lease + run,
            "-catch-up": START + lease + run + (ROUNDS - 1) * short,
            "-plan": START + run}
    for twin, least in need.items():
        job = s.get("CronJob", tool + twin)["spec"]["jobTemplate"]["spec"]
        active = job["activeDeadlineSeconds"]
        if active < least:
            yield f"{tool + twin}: activeDeadlineSeconds {active} < {least}"
    active = s.get("CronJob", tool)["spec"]["jobTemplate"]["spec"]
    if active["backoffLimit"] != 0:
        yield f"{tool}: backoffLimit"


def restricted(s):
    for name, o in s.all("CronJob").items():
        job, pod = o["spec"]["jobTemplate"]["spec"], s.pod(name)
        [c] = pod["containers"]
        own, its = c["securityContext"], pod["securityContext"]
        rule = job["podFailurePolicy"]["rules"]
        bad = [what for what, good in (
            ("restartPolicy", pod["restartPolicy"] == "Never"),
            ("podFailurePolicy", rule == [{"action": "Ignore",
             "onPodConditions": [{"type": "DisruptionTarget",
                                  "status": "True"}]}]),
            ("terminationGracePeriodSeconds",
             pod["terminationGracePeriodSeconds"] >= 20),
            ("automountServiceAccountToken",
             pod["automountServiceAccountToken"] is True),
            ("user", its["runAsNonRoot"] is True and its["runAsUser"] ==
             its["runAsGroup"] == its["fsGroup"] == 65532),
            ("seccomp", its["seccompProfile"] == {"type": "RuntimeDefault"}),
            ("container", own == {"allowPrivilegeEscalation": False,
             "readOnlyRootFilesystem": True,
             "capabilities": {"drop": ["ALL"]}}),
            ("resources", {"cpu", "memory"} == set(c["resources"]["limits"])
             == set(c["resources"]["requests"]))) if not good]
        if bad:
            yield f"{name}: {', '.join(bad)}"


def volumes(s):
    for name in s.all("CronJob"):
        pod = s.pod(name)
        known = {v["name"]: v for v in pod["volumes"]}
        for m in pod["containers"][0]["volumeMounts"]:
            if m["name"] not in known:
                yield f"{name}: {m['mountPath']} has no volume"
            if name.endswith("-plan") and not m.get("readOnly") and \
                    m["name"] != "git-cache":
                yield f"{name}: {m['mountPath']} can be written"
            if m["name"] == "secrets" and name.endswith("-plan") and \
                    known["secrets"]["secret"]["secretName"] != name:
                yield f"{name}: has secrets of those who write"
        for v in known.values():
            claim = v.get("persistentVolumeClaim", {}).get("claimName")
            if len(v) != 2 or not set(v) & {"configMap", "secret", "emptyDir",
                                            "persistentVolumeClaim"}:
                yield f"{name}: volume {v}"
            if claim and not s.get("PersistentVolumeClaim", claim):
                yield f"{name}: no claim {claim}"


def of_objects(tool):
    """The rights of a tool whose Leases are made, one for each object."""
    def rule(groups, what, *verbs):
        return {"apiGroups": groups, "resources": [what], "verbs": [*verbs]}
    leases = ["coordination.k8s.io"]
    return {tool: [
        rule(leases, "leases", "create", "list", "update"),
        rule(SYNCS, "modelsyncs", "list"),
        rule(SYNCS, "modelsyncs/status", "patch"),
        rule(SYNCS, "modelsyncs/finalizers", "update"),
        rule(["tekton.dev"], "pipelineruns",
             "create", "delete", "list"),
        {**rule(["batch"], "cronjobs", "get"), "resourceNames": [tool]},
        rule(["events.k8s.io"], "events", "create", "get", "patch")],
        f"{tool}-plan": [
        rule(leases, "leases", "list"),
        rule(SYNCS, "modelsyncs", "list"),
        rule(["tekton.dev"], "pipelineruns", "list")]}


def rights(s, tool):
    """Exactly these; an account is bound to its own Role and no other."""
    lease = {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"],
             "resourceNames": [f"{tool}-{s.model}"]}
    want = {tool: [
        {**lease, "verbs": ["get", "update"]},
        {"apiGroups": ["batch"], "resources": ["cronjobs"],
         "resourceNames": [tool], "verbs": ["get"]},
        {"apiGroups": ["events.k8s.io"], "resources": ["events"],
         "verbs": ["create", "get", "patch"]}],
        f"{tool}-plan": [{**lease, "verbs": ["get"]}]}
    if tool == OBJECTS:
        want = of_objects(tool)
    for name, rules in want.items():
        if s.get("Role", name).get("rules") != rules:
            yield f"Role {name}: {s.get('Role', name).get('rules')}"
        if s.get("ServiceAccount", name).get(
                "automountServiceAccountToken") is not False:
            yield f"ServiceAccount {name}: gives its token to every pod"
        b = s.get("RoleBinding", name)
        subjects = [(x["kind"], x["name"]) for x in b.get("subjects", [])]
        if b.get("roleRef", {}).get("name") != name or \
                subjects != [("ServiceAccount", name)]:
            yield f"RoleBinding {name}: {subjects}"


def accounts(s, names):
    """Nobody but the tools has an account, a Role or a Lease."""
    for kind, want in (("ServiceAccount", ("", "-plan")),
                       ("Role", ("", "-plan")), ("RoleBinding", ("", "-plan")),
                       ("Lease", (f"-{s.model}",)),
                       ("CronJob", ("", "-catch-up", "-plan"))):
        extra = set(s.all(kind)) ^ {t + w for t in names for w in want
                                    if kind != "Lease" or t != OBJECTS}
        if extra:
            yield f"{kind}: {', '.join(sorted(extra))}"


def leases(s, tool):
    if tool == OBJECTS:
        return
    o = s.get("Lease", f"{tool}-{s.model}")
    notes = o.get("metadata", {}).get("annotations", {})
    if not o or "spec" in o or "modelsync.dev/log" in notes:
        yield f"Lease {tool}-{s.model}: missing, or not empty"
    if "Prune=false" not in notes.get("argocd.argoproj.io/sync-options", "") \
            or notes.get("kustomize.toolkit.fluxcd.io/prune") != "disabled":
        yield f"Lease {tool}-{s.model}: may be pruned"


def judge(label, found, names):
    s = Scene(found)
    for t in names:
        check(f"{label}{t}: a schedule and two suspended twins", jobs(s, t))
        check(f"{label}{t}: run < Lease < activeDeadlineSeconds",
              deadlines(s, t))
        check(f"{label}{t}: its own Lease, empty, not to be pruned",
              leases(s, t))
        check(f"{label}{t}: writes its own Lease and Events, its plan "
              "nothing", rights(s, t))
    check(f"{label}pods are restricted", restricted(s))
    check(f"{label}volumes are there, plans cannot write", volumes(s))
    check(f"{label}nobody else has rights", accounts(s, names))
    [space] = s.all("Namespace").values()
    check(f"{label}the namespace is restricted", (
        f"{m} is not" for m in ("enforce", "audit", "warn")
        if space["metadata"]["labels"].get(
            f"pod-security.kubernetes.io/{m}") != "restricted"))


def recipe(top):
    """The container recipe builds with what tests/setup lists."""
    with open(f"{top}/manifests/Containerfile", encoding="ascii") as f:
        text = f.read()
    with open(f"{top}/tests/setup", encoding="ascii") as f:
        known = set(re.search(r"packages='([^']*)'", f.read())[1].split())
    asked = re.search(r"recommends((?:[^\n]*\\\n)*[^\n]*)", text)[1]
    for p in set(asked.replace("\\", " ").split()) - known:
        if p != "ca-certificates":
            yield f"{p} is not in tests/setup"
    if "FROM scratch" not in text or "USER 65532:65532" not in text:
        yield "not from scratch, or not as user 65532"


def notebook(top, render):
    """A notebook's Job and Task: alike, restricted, of one image by digest,
    told what a trainer is told."""
    folder = f"{top}/manifests/notebook"
    found = {o["kind"]: o for o in (tree.rendered(folder) if render else
                                    tree.objects(folder))}
    job = found["CronJob"]["spec"]["jobTemplate"]["spec"]
    pod, task = job["template"]["spec"], found["Task"]["spec"]
    [c], [step] = pod["containers"], task["steps"]
    [used] = found["Pipeline"]["spec"]["tasks"]
    own = {k: v for k, v in pod["securityContext"].items()
           if not k.startswith("fsGroup")}
    if c["securityContext"] | own != step["securityContext"] or not own[
            "runAsNonRoot"] or not step["securityContext"][
            "readOnlyRootFilesystem"]:
        yield "Job and Task: securityContext"
    if pod["automountServiceAccountToken"] or job["backoffLimit"] or \
            not found["CronJob"]["spec"]["suspend"] or "retries" in used:
        yield "Job: a token, a second attempt, or started by itself"
    for where in (c, step):
        if [e["name"] for e in where["env"]][:4] != [
                "MODELSYNC_" + n for n in ("GENERATION", "NAME", "DATASET",
                                           "OUTPUT")]:
            yield f"{where['name']}: not the environment of a trainer"
        if "script" in where or where["command"] != ["run-notebook"]:
            yield f"{where['name']}: a parameter may end up in a script"
    own = [a.split("=")[1] for a in c["args"] if a.startswith("--timeout=")]
    if not seconds(own[0]) + START + MARGIN <= job["activeDeadlineSeconds"]:
        yield "Job: no time to render"
    names = [p["name"] for p in task["params"]]
    default = {p["name"]: p.get("default") for p in task["params"]}
    if seconds(used["timeout"]) < seconds(default["timeout"]) + START:
        yield "Pipeline: no time to render"
    if [p["name"] for p in used["params"]] != names or \
            default != {p["name"]: p.get("default")
                        for p in found["Pipeline"]["spec"]["params"]}:
        yield "Pipeline: its parameters are not those of the Task"
    image = c["image"]
    if step["image"] != image or render and not re.fullmatch(
            "[^@]*@sha256:[0-9a-f]{64}", image):
        yield f"images: {image}, {step['image']}"
    with open(f"{folder}/requirements.txt", encoding="ascii") as f:
        for line in f:
            if not re.fullmatch(r"(#.*|[a-z]+==[0-9.]+)\n", line):
                yield f"requirements.txt: {line.strip()} is not pinned"


TRAINING = {"training-job": ("job.yaml", "batch", "jobs"),
            "training-pipelinerun": ("run.yaml", "tekton.dev",
                                     "pipelineruns")}
PATIENCE = 1800     # s: the deadline that the components' documents give


def rules(patches, name):
    """The rules that a component adds to a Role."""
    return [op["value"] for p in patches
            if p["target"] == {"kind": "Role", "name": name}
            for op in yaml.load(p["patch"], tree.Strict)
            if (op["op"], op["path"]) == ("add", "/rules/-")]


def training_rights(top):
    """Who trains elsewhere makes and looks, and its plan looks."""
    for component, (file, group, resource) in TRAINING.items():
        k = tree.kustomization(f"{top}/manifests/components/{component}")
        if [g["files"] for g in k["configMapGenerator"]] != [[file]]:
            yield f"{component}: its template is not beside the document"
        for name, verbs in (("train-model", ["create", "get"]),
                            ("train-model-plan", ["get"])):
            want = [{"apiGroups": [group], "resources": [resource],
                     "verbs": verbs}]
            if rules(k["patches"], name) != want:
                yield f"{component}: {name}: {rules(k['patches'], name)}"
        if len(k["patches"]) != 2:
            yield f"{component}: more than rights"


def training_job(top):
    """As restricted as our own pods, and over before anybody is called."""
    [job] = tree.documents(f"{top}/manifests/components/training-job/job.yaml")
    [common] = tree.documents(f"{top}/cronjobs/common.yaml")
    spec, pod = job["spec"], job["spec"]["template"]["spec"]
    ours = common["spec"]["jobTemplate"]["spec"]
    [c], [own] = pod["containers"], ours["template"]["spec"]["containers"]
    for key in ("restartPolicy", "securityContext", "affinity"):
        if pod[key] != ours["template"]["spec"][key]:
            yield f"pod: {key}"
    if c["securityContext"] != own["securityContext"]:
        yield "container: securityContext"
    if spec["podFailurePolicy"] != ours["podFailurePolicy"] or \
            spec["backoffLimit"] != 0:
        yield "a second attempt"
    if pod["automountServiceAccountToken"] or "serviceAccountName" in pod:
        yield "a token"
    if spec["activeDeadlineSeconds"] >= PATIENCE or \
            spec["ttlSecondsAfterFinished"] < 3600:
        yield "over too late, or gone too early"
    store = [m for m in own["volumeMounts"] if m["name"] == "store"]
    if c["volumeMounts"] != store or pod["volumes"] != [
            v for v in ours["template"]["spec"]["volumes"]
            if v["name"] == "store"]:
        yield "the store is elsewhere"
    if {"cpu", "memory"} != set(c["resources"]["limits"]):
        yield "no limits"


def training_run(top):
    """Fits the Pipeline of the notebook, and is over as early."""
    [run] = tree.documents(
        f"{top}/manifests/components/training-pipelinerun/run.yaml")
    found = {o["kind"]: o for o in tree.objects(f"{top}/manifests/notebook")}
    spec, pipeline = run["spec"], found["Pipeline"]
    known = {p["name"] for p in pipeline["spec"]["params"]}
    ours = {"generation", "name", "dataset", "output"}
    given = {p["name"] for p in spec["params"]}
    if spec["pipelineRef"] != {"name": pipeline["metadata"]["name"]} or \
            given - known or given & ours or ours - known:
        yield f"parameters: {sorted(given)} of {sorted(known)}"
    [w] = spec["workspaces"]
    if w["persistentVolumeClaim"] != {"claimName": "store"} or \
            w["subPath"] != "models" or [w["name"]] != [
                x["name"] for x in pipeline["spec"]["workspaces"]]:
        yield "the store is elsewhere"
    most = re.fullmatch(r"(\d+)m0s", spec["timeouts"]["pipeline"])
    [used] = pipeline["spec"]["tasks"]
    if not seconds(used["timeout"]) <= int(most[1]) * 60 < PATIENCE:
        yield "timeouts"
    if spec["taskRunTemplate"]["podTemplate"][
            "automountServiceAccountToken"]:
        yield "a token"


def model_rules(top):
    """Who asks the plans of the tools may look at what those look at."""
    folder = f"{top}/manifests/components/model-rules"
    role, job = tree.kustomization(folder)["patches"]
    want = {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"],
            "verbs": ["get"]}
    [op] = yaml.load(role["patch"], tree.Strict)
    if (op["op"], op["path"], op["value"]) != ("add", "/rules/-", want):
        yield f"the Role gets {op}"
    known = {o["metadata"]["name"]: o for o in tree.scene(top)
             if o["kind"] == "CronJob"}
    names = {OBJECTS, OBJECTS + "-plan"}
    for patch, more in ((role, set()), (job, {OBJECTS + "-catch-up"})):
        for name in names | more:
            if not re.fullmatch(patch["target"]["name"], name):
                yield f"{name} is left out"
        for name in known:
            if name not in names | more and re.fullmatch(
                    patch["target"]["name"], name):
                yield f"{name} is meant too"

    def pod(o):
        return o["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    [patch] = tree.documents(f"{folder}/{job['path']}")
    ours, its = pod(patch), pod(known["deploy-model-plan"])
    [c], [own] = ours["containers"], its["containers"]
    for mount in own["volumeMounts"]:
        if mount["name"] == "git-cache" and mount not in c["volumeMounts"]:
            yield "the cache is elsewhere"
    volume = {v["name"]: v for v in ours["volumes"]}
    if volume["git-cache"] not in its["volumes"]:
        yield "it is another cache"
    if volume["secrets"]["secret"]["secretName"] != "deploy-model-plan" or \
            not volume["secrets"]["secret"]["optional"]:
        yield "secrets of those who write, or that must be there"
    least = [pod(o)["containers"][0]["resources"]["limits"]["memory"]
             for name, o in known.items() if name.startswith("deploy-model")]
    if any(4 * int(m[:-2]) > int(c["resources"]["limits"]["memory"][:-2])
           for m in least):
        yield "no memory for four plans"


def with_component(top, scratch, component):
    """What kubectl makes of everything and a component."""
    k = {"apiVersion": "kustomize.config.k8s.io/v1beta1",
         "kind": "Kustomization", "namespace": "modelsync",
         "resources": [], "components": []}
    for key, folder in (("resources", "manifests"),
                        ("resources", "cronjobs"),
                        ("components", f"manifests/components/{component}")):
        k[key].append(os.path.relpath(f"{top}/{folder}", scratch))
    with open(f"{scratch}/kustomization.yaml", "w", encoding="ascii") as f:
        yaml.dump(k, f)
    return Scene(tree.rendered(scratch))


def rules_rendered(top, scratch):
    s = with_component(top, scratch, "model-rules")
    for name in (OBJECTS, f"{OBJECTS}-plan"):
        if {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"],
                "verbs": ["get"]} not in s.get("Role", name)["rules"]:
            yield f"Role {name} may not get Leases"
    for name in (OBJECTS, f"{OBJECTS}-plan", f"{OBJECTS}-catch-up"):
        pod = s.pod(name)
        [c] = pod["containers"]
        mounts = {m["name"]: m["mountPath"] for m in c["volumeMounts"]}
        if mounts != {"git-cache": "/var/cache/modelsync", "model":
                      "/etc/modelsync", "runner": "/etc/modelsync-runner",
                      "secrets": "/etc/modelsync-secrets",
                      "store": "/var/lib/modelsync"}:
            yield f"{name}: {mounts}"
        if {v["name"] for v in pod["volumes"]} != set(mounts):
            yield f"{name}: volumes {pod['volumes']}"
        if c["resources"]["limits"]["memory"] != "512Mi":
            yield f"{name}: {c['resources']}"


def training_rendered(top, scratch):
    for component, (file, group, resource) in TRAINING.items():
        s = with_component(top, scratch, component)
        if file not in s.get("ConfigMap", "model")["data"]:
            yield f"{component}: no {file} beside the document"
        for name, verbs in (("train-model", ["create", "get"]),
                            ("train-model-plan", ["get"])):
            got = s.get("Role", name)["rules"]
            if got[-1] != {"apiGroups": [group], "resources": [resource],
                           "verbs": verbs} or len(got) < 2:
                yield f"{component}: Role {name}: {got}"


def main(top, render):
    names = tools(top)
    check("every YAML file parses, strictly", parse(top))
    if failed:
        return
    check("files named are there, and the others are named", named(top))
    check("every patch has a target", targets(top))
    check("the container recipe", recipe(top))
    check("a notebook's Job and Task", notebook(top, render))
    if failed:
        return
    check("training by a Job: its template", training_job(top))
    check("training by a PipelineRun: its template", training_run(top))
    check("training elsewhere: rights to make and to look, no more",
          training_rights(top))
    check("rules: what the plans of the tools need to look",
          model_rules(top))
    if render:
        with tempfile.TemporaryDirectory() as scratch:
            check("training elsewhere: rendered",
                  training_rendered(top, os.path.realpath(scratch)))
            check("rules: rendered",
                  rules_rendered(top, os.path.realpath(scratch)))
    judge("", tree.scene(top), names)
    if not render:
        return
    both = tree.rendered(f"{top}/cronjobs") + \
        tree.rendered(f"{top}/manifests")
    judge("rendered: ", both, names)
    for e in ("staging", "production"):
        apart = tree.by_namespace(
            tree.rendered(f"{top}/manifests/example/{e}"))
        apart.pop("monitoring", None)
        check(f"{e}: two models, a namespace each", (
            f"{n}" for n in set(apart) ^ {f"issues-{e}", f"questions-{e}"}))
        for n in sorted(apart):
            judge(f"{n}: ", apart[n], names)


main(os.path.abspath(sys.argv[1]), sys.argv[2:] == ["render"])
sys.exit(failed)
