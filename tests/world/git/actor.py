"""Who asks: a login, whether it is a person, and what it may do."""

LEVELS = {None: 0, "read": 1, "write": 2, "admin": 3}


class Actor:
    """`permissions`: name to level, None for all; `repositories`: those it
    knows, None for all.  `kind`: app (a JWT), installation, user, password,
    or person (over the control port)."""

    def __init__(self, login, kind, permissions=None, repositories=None,
                 person=False):
        self.login = login
        self.kind = kind
        self.permissions = permissions
        self.repositories = repositories
        self.person = person

    def sees(self, name):
        return self.repositories is None or name in self.repositories

    def may(self, name, what, level):
        if not self.sees(name):
            return False
        if self.permissions is None:
            return True
        return LEVELS[self.permissions.get(what)] >= LEVELS[level]


def person(login="someone"):
    return Actor(login, "person", person=True)
