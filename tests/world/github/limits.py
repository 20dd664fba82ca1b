"""Rate limits: so many requests an hour and identity, and the second kind,
which comes when it is told to."""

from github.errors import Fail

HOUR = 3600
SECONDARY = ("You have exceeded a secondary rate limit. Please wait a few "
             "minutes before you try again.")


class Limits:
    """`windows`: login to [used, reset]."""

    def __init__(self, clock):
        self.clock = clock
        self.reset()

    def reset(self):
        self.limit = 5000
        self.status = 403
        self.windows = {}
        self.secondary = None

    def dump(self):
        return {key: getattr(self, key) for key in (
            "limit", "status", "windows", "secondary")}

    def load(self, state):
        for key, value in state.items():
            setattr(self, key, value)

    def control(self, value):
        """{limit, remaining, status, secondary: {after (null: does not
        say), times (0: until told), status} or null}"""
        self.limit = value.get("limit", self.limit)
        self.status = value.get("status", self.status)
        if "remaining" in value:
            used = self.limit - value["remaining"]
            self.windows = {login: [used, self.clock.now() + HOUR]
                            for login in [*self.windows, "*"]}
        if "secondary" in value:
            self.secondary = value["secondary"] and {
                "after": 60, "times": 1, "status": 403,
                "writes": False, **value["secondary"]}
        return {}

    def window(self, login):
        start = self.windows.get("*", [0, self.clock.now() + HOUR])
        now = self.windows.setdefault(login, list(start))
        if now[1] <= self.clock.now():
            now[:] = [0, self.clock.now() + HOUR]
            self.windows.pop("*", None)
        return now

    def spend(self, login, mutating):
        """Counts a request, or refuses it."""
        now = self.window(login)
        if now[0] >= self.limit:
            raise Fail(self.status, "API rate limit exceeded for "
                       f"{login}. If you reach out to GitHub Support for "
                       "help, please include the request ID.")
        now[0] += 1
        if self.secondary is None or (
                self.secondary["writes"] and not mutating):
            return
        told, after = self.secondary, self.secondary["after"]
        if told["times"]:
            told["times"] -= 1
            if told["times"] == 0:
                self.secondary = None
        raise Fail(told["status"], SECONDARY, headers=[] if after is None
                   else [("Retry-After", str(after))])

    def spare(self, login):
        """A 304 costs nothing."""
        self.window(login)[0] -= 1

    def view(self, login):
        used, reset = self.window(login)
        return {"limit": self.limit, "used": used, "reset": int(reset),
                "remaining": max(0, self.limit - used)}

    def headers(self, login, resource):
        return [(f"X-RateLimit-{key.capitalize()}", str(value)) for
                key, value in {**self.view(login),
                               "resource": resource}.items()]
