"""Who may: tokens, users, and the rules of RBAC."""

from clock import parse

RBAC = "rbac.authorization.k8s.io"
ALL = [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]


class User:
    """`rules` None: what the roles bound in the store allow."""

    def __init__(self, spec):
        spec = dict(spec)
        self.token = spec.pop("token")
        self.name = spec.pop("user")
        self.rules = spec.pop("rules", None)
        expires = spec.pop("expires", None)
        self.expires = None if expires is None else parse(expires)
        if spec:
            raise ValueError(f"unknown keys: {', '.join(sorted(spec))}")

    def is_subject(self, subject):
        if subject["kind"] == "ServiceAccount":
            return self.name == (f"system:serviceaccount:"
                                 f"{subject.get('namespace')}:"
                                 f"{subject['name']}")
        if subject["kind"] == "Group":
            groups = ["system:authenticated"]
            if self.name.startswith("system:serviceaccount:"):
                groups.append("system:serviceaccounts")
                groups.append("system:serviceaccounts:"
                              + self.name.split(":")[2])
            return subject["name"] in groups
        return subject["name"] == self.name


ADMIN = User({"token": "", "user": "system:admin", "rules": ALL})


class Access:
    """The tokens that are known, and what their users may do."""

    def __init__(self, store, clock):
        self.store = store
        self.clock = clock
        self.users = {}

    def add(self, spec):
        user = User(spec)
        self.users[user.token] = user

    def user(self, request):
        """Whose request it is; None: nobody's."""
        if request.admin:
            return ADMIN
        kind, _, token = request.headers.get("authorization",
                                             "").partition(" ")
        user = self.users.get(token.strip())
        if kind.lower() != "bearer" or user is None:
            return None
        if user.expires is not None and self.clock.now() >= user.expires:
            return None
        return user

    def may(self, user, verb, kind, sub, namespace, name):
        resource = kind.plural + (f"/{sub}" if sub else "")
        return any(allows(rule, verb, kind.group, resource, namespace, name)
                   for rule in self.rules(user, namespace))

    def rules(self, user, namespace):
        if user.rules is not None:
            return user.rules
        found = []
        for name in ("rolebindings", "clusterrolebindings"):
            shelf = self.store.shelf(f"{name}.{RBAC}")
            for (where, _), binding in shelf.items():
                if where in ("", namespace) and any(
                        user.is_subject(s)
                        for s in binding.get("subjects", [])):
                    found += self.role(binding["roleRef"], where)
        return found

    def role(self, ref, namespace):
        cluster = ref["kind"] == "ClusterRole"
        name = "clusterroles" if cluster else "roles"
        role = self.store.shelf(f"{name}.{RBAC}").get(
            ("" if cluster else namespace, ref["name"]), {})
        return role.get("rules", [])


def allows(rule, verb, group, resource, namespace, name):
    def has(key, value):
        return value in rule.get(key, []) or "*" in rule.get(key, [])

    if rule.get("namespace", namespace) != namespace:
        return False
    names = rule.get("resourceNames")
    return (has("verbs", verb) and has("apiGroups", group)
            and has("resources", resource)
            and (not names or name in names))
