"""The kinds a cluster has: those of Kubernetes that we meet, and those that
were registered."""

from kubernetes import check, defaults, events
from kubernetes.fields import TYPES

CHECKS = {"Lease": check.lease, "ConfigMap": check.config_map,
          "Job": check.job, "CronJob": check.cron_job,
          "core.Event": events.core, "events.Event": events.modern}


class Kind:
    """One resource.  `fields` is its type in the table; None takes
    anything, as custom resources without a schema do."""

    def __init__(self, group, version, kind, plural, *, namespaced=True,
                 fields=None, status=False, generation=False,
                 unconditional=True, create_on_update=False):
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
        self.custom = fields is None
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


def built_in():
    return [
        Kind("", "v1", "Namespace", "namespaces", namespaced=False,
             fields="Namespace", status=True),
        Kind("", "v1", "ConfigMap", "configmaps", fields="ConfigMap"),
        Kind("", "v1", "Secret", "secrets", fields="Secret"),
        Kind("", "v1", "ServiceAccount", "serviceaccounts",
             fields="ServiceAccount"),
        Kind("", "v1", "Event", "events", fields="core.Event",
             create_on_update=True),
        Kind("events.k8s.io", "v1", "Event", "events", fields="events.Event",
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
        for kind in built_in():
            self.add(kind)

    def add(self, kind):
        self.paths[kind.group, kind.version, kind.plural] = kind
        self.names[kind.api_version, kind.kind] = kind

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
