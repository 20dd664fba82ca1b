"""Who may, and what those who may not are told."""

from proofs.client import LEASES, lease, must, same

BOT = "system:serviceaccount:ml:bot"
RBAC = "rbac.authorization.k8s.io"


def bot(w, rules, **more):
    w.ctl("POST", "/users", {"token": "bot", "user": BOT, "rules": rules,
                             **more})


def forbidden(reply, sentence):
    same((reply.status, reply.reason), (403, "Forbidden"), reply.raw)
    same(reply.message, sentence)


def rule(*verbs, **more):
    return {"verbs": list(verbs), "apiGroups": ["coordination.k8s.io"],
            "resources": ["leases"], **more}


def unknown(w):
    """no token, an unknown one, an expired one: 401"""
    bot(w, [rule("*")], expires="2026-10-01T00:01:00Z")
    same(w.ask("GET", LEASES, token="bot").status, 200)
    w.ctl("POST", "/clock", {"advance": 60})
    for token in ("", "wrong", "bot"):
        reply = w.ask("GET", LEASES, token=token)
        same((reply.status, reply.reason, reply.message),
             (401, "Unauthorized", "Unauthorized"), token)
    same([line["authorization"] for line in w.record()],
         [True, False, True, True])


def sentences(w):
    """403 names user, verb, resource, group and namespace"""
    bot(w, [])
    whole = 'in API group "coordination.k8s.io" in the namespace "ml"'
    for method, path, verb, what in (
            ("GET", "/x", "get", 'leases.coordination.k8s.io "x"'),
            ("GET", "", "list", "leases.coordination.k8s.io"),
            ("POST", "", "create", "leases.coordination.k8s.io"),
            ("PUT", "/x", "update", 'leases.coordination.k8s.io "x"'),
            ("PATCH", "/x", "patch", 'leases.coordination.k8s.io "x"'),
            ("DELETE", "/x", "delete", 'leases.coordination.k8s.io "x"')):
        body = None if method == "GET" else lease()
        forbidden(w.ask(method, LEASES + path, body, token="bot"),
                  f'{what} is forbidden: User "{BOT}" cannot {verb} resource '
                  f'"leases" {whole}')
    forbidden(w.ask("GET", "/api/v1/namespaces/ml/secrets", token="bot"),
              f'secrets is forbidden: User "{BOT}" cannot list resource '
              '"secrets" in API group "" in the namespace "ml"')
    must("cluster scope" in w.ask("GET", "/api/v1/namespaces",
                                  token="bot").message)


def by_rule(w):
    """rules: verb, group, resource, name and namespace must all fit"""
    w.ask("POST", LEASES, lease())
    w.ask("POST", LEASES, lease("y"))
    bot(w, [rule("get", resourceNames=["x"], namespace="ml")])
    same(w.ask("GET", f"{LEASES}/x", token="bot").status, 200)
    for path in (f"{LEASES}/y", LEASES,
                 f"{LEASES}/x".replace("/ml/", "/default/"),
                 "/api/v1/namespaces/ml/configmaps/x"):
        same(w.ask("GET", path, token="bot").status, 403, path)
    same(w.ask("DELETE", f"{LEASES}/x", token="bot").status, 403)


def create_by_put(w):
    """a PUT that would create needs the right to create"""
    bot(w, [rule("get", "update")])
    reply = w.ask("PUT", f"{LEASES}/x", lease(), token="bot")
    forbidden(reply, f'leases.coordination.k8s.io "x" is forbidden: User '
              f'"{BOT}" cannot create resource "leases" in API group '
              '"coordination.k8s.io" in the namespace "ml"')
    bot(w, [rule("get", "update", "create")])
    same(w.ask("PUT", f"{LEASES}/x", lease(), token="bot").status, 201)


def by_roles(w):
    """a user without rules has those of the Roles bound to it"""
    w.ctl("POST", "/users", {"token": "bot", "user": BOT})
    same(w.ask("GET", LEASES, token="bot").status, 403)
    w.ctl("POST", "/objects", [
        {"apiVersion": f"{RBAC}/v1", "kind": "Role", "metadata": {
            "name": "r", "namespace": "ml"}, "rules": [rule("list")]},
        {"apiVersion": f"{RBAC}/v1", "kind": "RoleBinding", "metadata": {
            "name": "b", "namespace": "ml"}, "roleRef": {
                "apiGroup": RBAC, "kind": "Role", "name": "r"},
         "subjects": [{"kind": "ServiceAccount", "name": "bot",
                       "namespace": "ml"}]}])
    same(w.ask("GET", LEASES, token="bot").status, 200)
    same(w.ask("GET", f"{LEASES}/x", token="bot").status, 403)
    same(w.ask("GET", LEASES.replace("/ml/", "/default/"),
               token="bot").status, 403)


ALL = [unknown, sentences, by_rule, create_by_put, by_roles]
