"""Who may do what: accounts and their tokens, the metadata server, and the
token endpoint of OAuth 2."""

import json
from urllib.parse import parse_qs

from google.errors import Fail, form
from message import Answer
from rs256 import unbase64, verified

METADATA = "/computeMetadata/v1/"
ACCOUNT = METADATA + "instance/service-accounts/default/"
SCOPE = "https://www.googleapis.com/auth/"
WIDE = SCOPE + "cloud-platform"
# Which scopes do for what is asked of a service, beside cloud-platform.
NARROW = {"bigquery": ["bigquery"],
          "storage": ["devstorage.read_write", "devstorage.full_control"]}
SKEW = 0        # s that a claim may be ahead; Google tells no number
LIFE = 3599


class Auth:
    """Accounts: email to {permissions (None: all), scopes, key}."""

    name = "auth"

    def __init__(self, clock):
        self.clock = clock
        self.reset()

    def reset(self):
        self.accounts = {"world@p.example.com": {"permissions": None}}
        self.tokens = {}
        self.users = {}
        self.made = 0
        self.used = {}          # service: scopes of the tokens it was shown
        self.account = "world@p.example.com"

    def dump(self):
        return {"accounts": self.accounts, "tokens": self.tokens,
                "users": self.users, "made": self.made, "used": self.used,
                "account": self.account}

    def load(self, state):
        for key, value in state.items():
            setattr(self, key, value)

    def control(self, value):
        """{email, permissions?, public?, default?, refresh?, scopes?: those
        of its machine}"""
        email = value["email"]
        self.accounts[email] = {"permissions": value.get("permissions"),
                                "public": value.get("public"),
                                "scopes": value.get("scopes")}
        if value.get("default"):
            self.account = email
        if value.get("refresh"):
            self.users[value["refresh"]] = email
        return {}

    def owns(self, request):
        return request.path.startswith(METADATA) or request.path == "/token"

    def form(self, code):
        return form(code)

    def answer(self, request):
        if request.path == "/token":
            return self.oauth(request)
        return self.metadata(request)

    def token(self, email, scopes):
        self.made += 1
        text = f"ya29.{self.made}-{email}"
        self.tokens[text] = [email, self.clock.now() + LIFE, scopes]
        return {"access_token": text, "expires_in": LIFE,
                "token_type": "Bearer"}

    def metadata(self, request):
        flavor = [("Metadata-Flavor", "Google")]
        if request.headers.get("metadata-flavor") != "Google":
            return Answer.text(403, "Missing Metadata-Flavor:Google\n")
        if request.path == ACCOUNT + "token":
            scopes = request.query.get("scopes", WIDE).split(",")
            most = self.accounts[self.account].get("scopes")
            if most is not None:
                scopes = [s for s in scopes if s in most or WIDE in most]
            return Answer.of(200, self.token(self.account, scopes),
                             headers=flavor)
        if request.path == ACCOUNT + "email":
            return Answer.text(200, self.account, headers=flavor)
        return Answer.text(404, "not found\n", headers=flavor)

    @staticmethod
    def refuse(error, text, status=400):
        return Answer.of(status, {"error": error,
                                  "error_description": text})

    def oauth(self, request):
        fields = {key: value[0] for key, value
                  in parse_qs(request.body.decode()).items()}
        grant = fields.get("grant_type")
        if grant == "refresh_token":
            email = self.users.get(fields.get("refresh_token"))
            if email is None:
                return self.refuse("invalid_grant", "Bad Request")
            return Answer.of(200, self.token(email, [WIDE]))
        if grant != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return self.refuse("unsupported_grant_type", "Invalid grant_type")
        return self.assertion(fields.get("assertion", ""))

    def assertion(self, jwt):
        try:
            head, claims, signature = jwt.split(".")
            header = json.loads(unbase64(head))
            claim = json.loads(unbase64(claims))
        except ValueError:
            return self.refuse("invalid_grant", "Invalid JWT")
        account = self.accounts.get(claim.get("iss"))
        if account is None or not account.get("public"):
            return self.refuse("invalid_grant",
                               "Invalid grant: account not found")
        if header.get("alg") != "RS256" or not verified(
                account["public"], f"{head}.{claims}", unbase64(signature)):
            return self.refuse("invalid_grant", "Invalid JWT Signature.")
        now = self.clock.now()
        if (claim["iat"] > now + SKEW or claim["exp"] < now
                or claim["exp"] > claim["iat"] + 3600):
            return self.refuse(
                "invalid_grant", "Invalid JWT: Token must be a short-lived "
                "token (60 minutes) and in a reasonable timeframe. Check "
                "your iat and exp values in the JWT claim.")
        if not claim.get("scope") or not claim.get("aud", "").endswith(
                "/token"):
            return self.refuse("invalid_scope", "Invalid OAuth scope")
        return Answer.of(200, self.token(claim["iss"],
                                         claim["scope"].split(" ")))

    def within(self, permission, scopes, old):
        """The token is meant for this."""
        service = permission.split(".")[0]
        self.used[service] = sorted({
            *self.used.get(service, []),
            *(scope.removeprefix(SCOPE) for scope in scopes)})
        enough = [SCOPE + s for s in NARROW.get(service, [])]
        if permission in ("storage.objects.get", "storage.objects.list"):
            enough.append(SCOPE + "devstorage.read_only")
        if not {WIDE, *enough} & set(scopes):
            raise Fail(403, "PERMISSION_DENIED", "Request had insufficient "
                       "authentication scopes.",
                       "insufficientPermissions" if old else None,
                       [{"@type": "type.googleapis.com/google.rpc.ErrorInfo",
                         "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                         "domain": "googleapis.com"}])

    def check(self, request, permission, resource, old=False):
        """The account that asks, or a refusal."""
        if request.admin:
            return "the world"
        text = request.headers.get("authorization", "")
        email, until, scopes = self.tokens.get(
            text.removeprefix("Bearer "), (None, 0, []))
        if email is None or until < self.clock.now():
            raise Fail(401, "UNAUTHENTICATED", "Request had invalid "
                       "authentication credentials.",
                       "authError" if old else None)
        self.within(permission, scopes, old)
        allowed = self.accounts[email]["permissions"]
        if allowed is not None and permission not in allowed:
            raise Fail(403, "PERMISSION_DENIED", f"Permission '{permission}'"
                       f" denied on resource '{resource}' (or it may not "
                       "exist).", "accessDenied" if old else None)
        return email
