"""The kinds a cluster has: those of Kubernetes that we meet, and those that
were registered."""

from kubernetes import check, defaults, events, tekton
from kubernetes.fields import TYPES

CHECKS = {"Lease": check.lease, "ConfigMap": check.config_map,
          "Job": check.job, "CronJob": check.cron_job,
          "core.Event": events.core, "events.Event": events.modern}


class Kind:
    """One resource.  `fields` is its type in the table; None takes
    anything, as custom resources without a schema do.  `admit` refuses what
    a webhook would; `inward` and `outward` are between this version and the
    one that is stored."""

    def __init__(self, group, version, kind, plural, *, namespaced=True,
                 fields=None, status=False, generation=False,
                 unconditional=True, create_on_update=False, custom=None):
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.namespaced = namespaced
        self.fields = fields
        self.status = status
        self.generation = generation
        self.unconditional = unconditional
        self.create_on_update = create_on_update
        self.custom = fields is None if custom is None else custom
        self.admit = self.inward = self.outward = None
        self.loose = False      # no schema: what is unknown meets the webhook
        self.check = CHECKS.get(fields, check.nothing)
        self.default = defaults.DEFAULTS.get(fields, defaults.nothing)

    @property
    def resource(self):
        """leases.coordination.k8s.io"""
        return self.plural + (f".{self.group}" if self.group else "")

    @property
    def qualified(self):
        """Lease.coordination.k8s.io"""
        return self.kind + (f".{self.group}" if self.group else "")

    @property
    def api_version(self):
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def stored(self):
        """Where the objects are: both kinds of Events are the same ones."""
        return "events" if self.plural == "events" else self.resource


RBAC = "rbac.authorization.k8s.io"


def custom(group, version, kind, plural, fields=None):
    """A custom resource with a status of its own."""
    return Kind(group, version, kind, plural, fields=fields, status=True,
                generation=True, unconditional=False, custom=True)


def tekton_kinds():
    for version in ("v1", "v1beta1"):
        for name in ("PipelineRun", "TaskRun"):
            kind = custom("tekton.dev", version, name, name.lower() + "s",
                          f"{version}.{name}")
            kind.check, kind.default = tekton.check, tekton.default
            kind.admit = tekton.admit
            if version == "v1beta1":
                kind.inward, kind.outward = tekton.inward, tekton.outward
            yield kind


def model_syncs():
    """The group that was published, and ours; both keep every field."""
    for group in ("automl.cloudai.kubeflow.org", "modelsync.dev"):
        kind = custom(group, "v1alpha1", "ModelSync", "modelsyncs")
        kind.check = check.model_sync
        yield kind


def built_in():
    events_kind = Kind("events.k8s.io", "v1", "Event", "events",
                       fields="events.Event", create_on_update=True)
    events_kind.inward, events_kind.outward = (events.to_core,
                                               events.from_core)
    return [
        *tekton_kinds(), *model_syncs(), events_kind,
        Kind("", "v1", "Namespace", "namespaces", namespaced=False,
             fields="Namespace", status=True),
        Kind("", "v1", "ConfigMap", "configmaps", fields="ConfigMap"),
        Kind("", "v1", "Secret", "secrets", fields="Secret"),
        Kind("", "v1", "ServiceAccount", "serviceaccounts",
             fields="ServiceAccount"),
        Kind("", "v1", "Event", "events", fields="core.Event",
             create_on_update=True),
        Kind("coordination.k8s.io", "v1", "Lease", "leases", fields="Lease",
             unconditional=False, create_on_update=True),
        Kind("batch", "v1", "Job", "jobs", fields="Job", status=True,
             generation=True),
        Kind("batch", "v1", "CronJob", "cronjobs", fields="CronJob",
             status=True, generation=True),
        Kind(RBAC, "v1", "Role", "roles", fields="Role"),
        Kind(RBAC, "v1", "RoleBinding", "rolebindings",
             fields="RoleBinding"),
        Kind(RBAC, "v1", "ClusterRole", "clusterroles", namespaced=False,
             fields="ClusterRole"),
        Kind(RBAC, "v1", "ClusterRoleBinding", "clusterrolebindings",
             namespaced=False, fields="ClusterRoleBinding"),
    ]


class Kinds:
    """By path and by name."""

    def __init__(self):
        self.paths = {}
        self.names = {}
        self.absent = []    # "group", "group/version" that are not served
        for kind in built_in():
            self.add(kind)

    def add(self, kind):
        self.paths[kind.group, kind.version, kind.plural] = kind
        self.names[kind.api_version, kind.kind] = kind

    def served(self, group, version):
        return not {group, f"{group}/{version}"} & set(self.absent)

    def find(self, group, version, plural):
        """None: the server does not have it."""
        found = self.paths.get((group, version, plural))
        return found if found and self.served(group, version) else None

    def discovery(self, group, version):
        """The kinds of a group and version."""
        return [kind for (g, v, _), kind in self.paths.items()
                if (g, v) == (group, version) and self.served(g, v)]

    def register(self, spec):
        """A custom resource: group, version, kind, plural; namespaced and
        status unless told otherwise; `fields` lists the fields of its spec
        for strict validation, without it everything is taken."""
        spec = dict(spec)
        fields = spec.pop("fields", None)
        spec.setdefault("plural", spec["kind"].lower() + "s")
        kind = Kind(spec.pop("group"), spec.pop("version"), spec.pop("kind"),
                    spec.pop("plural"), status=spec.pop("status", True),
                    namespaced=spec.pop("namespaced", True), generation=True,
                    unconditional=False)
        if spec:
            raise ValueError(f"unknown keys: {', '.join(sorted(spec))}")
        if fields is not None:
            kind.fields = kind.qualified
            TYPES[kind.fields] = {
                "apiVersion": "string", "kind": "string",
                "metadata": "ObjectMeta", "spec": f"{kind.fields}.spec",
                "status": "any"}
            TYPES[f"{kind.fields}.spec"] = {name: "any" for name in fields}
        self.add(kind)
        return kind

    def of(self, thing):
        """The kind of an object; one that nobody knows becomes a custom
        resource on the spot."""
        version, name = thing.get("apiVersion", "v1"), thing["kind"]
        if (version, name) not in self.names:
            group, _, number = version.rpartition("/")
            self.register({"group": group, "version": number, "kind": name})
        return self.names[version, name]
