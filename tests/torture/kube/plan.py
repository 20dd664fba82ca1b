"""Which subcases there are, and which of them make the slice."""

from kube import cases, faults, kinds, pairs, signals

CASES = {case.name: case for case in cases.ALL}
WHEN = ("before", "after")

# Groups, in the order they are told, and the words for them.
GROUPS = {
    "plain": "nothing fails",
    "fault": "every exchange fails",
    "restart": "the API server is down, then back",
    "clock": "the node's clock is 6 h off",
    "signal": "told to end, and killed",
    "beside": "another run beside one that stands",
    "both": "both looked before either acted",
    "crowd": "eight at once",
    "late": "a late writer wakes",
}


class Sub:
    """One subcase, by the names of what it is made of."""

    def __init__(self, group, case, function, *words):
        self.group = group
        self.case = case.name
        self.function = function
        self.words = words

    @property
    def name(self):
        return " ".join([self.group, self.case]
                        + [str(w) for w in self.words])

    def run(self, stage):
        return self.function(stage, CASES[self.case], *self.words)


def fault_subs(case, n):
    """Every kind once, and on reads those that a second try may pass also
    for good."""
    for kind in kinds.of(case, n):
        yield Sub("fault", case, faults.fault, n, kind.name, False)
    if n <= case.reads:
        for kind in kinds.ALL:
            if kind.passes:
                yield Sub("fault", case, faults.fault, n, kind.name, True)


def signal_subs(case):
    for n in range(1, case.exchanges + 1):
        for when in WHEN:
            for name in ("TERM", "KILL"):
                yield Sub("signal", case, signals.at_exchange, n, when, name)
    if case.trains:
        for name in ("TERM", "KILL"):
            yield Sub("signal", case, signals.in_trainer, name)


def beside_subs(case):
    """Not: a Lease that lapses by the server's clock alone while its holder
    is at work; `late` has that with both clocks."""
    for n in range(1, case.exchanges + 1):
        for when in WHEN:
            yield Sub("beside", case, pairs.beside, n, when, False)
            if not (case.acts and (n, when) == (case.takes, "after")):
                yield Sub("beside", case, pairs.beside, n, when, True)


def full(rounds):
    for case in cases.ALL:
        yield Sub("plain", case, faults.plain)
        for n in range(1, case.exchanges + 1):
            yield from fault_subs(case, n)
        yield Sub("restart", case, faults.restart)
        for hours in (-6, 6):
            yield Sub("clock", case, faults.clock, hours)
        yield from signal_subs(case)
        yield from beside_subs(case)
        if case.exchanges > case.reads:
            for swapped in (False, True):
                yield Sub("both", case, pairs.both_looked, swapped)
        for r in range(rounds // 10 + 1 if case.workload else rounds):
            yield Sub("crowd", case, pairs.crowd, r % 4 != 3)
        if case.name in ("build", "train", "push") or case.effect:
            yield Sub("late", case, pairs.late, False)
        if case.trains:
            yield Sub("late", case, pairs.late, True)


def every(subs, step, first):
    return list(subs)[first % step::step]


def draw(queue, case, n):
    """The kind that has waited longest of those an exchange can meet."""
    kind = next(kind for kind in queue if kind in kinds.of(case, n))
    queue.remove(kind)
    queue.append(kind)
    return kind.name


def some(case, turn, queue):
    """Of one case what the slice has; `turn` rotates the choice."""
    few = case.workload is not None
    yield Sub("plain", case, faults.plain)
    for n in range(1, case.exchanges + 1):
        for _ in range(1 if few else 2):
            yield Sub("fault", case, faults.fault, n, draw(queue, case, n),
                      False)
    if turn % 5 == 0:
        yield Sub("restart", case, faults.restart)
    if turn % 3 == 0:
        yield Sub("clock", case, faults.clock, 6 if turn % 2 else -6)
    # Prime to the four ways at each exchange: all of them occur.
    step = 9 if few else 5
    yield from every(signal_subs(case), step, turn)
    yield from every(beside_subs(case), step, turn)
    if case.acts:
        yield Sub("both", case, pairs.both_looked, bool(turn % 2))
        yield Sub("crowd", case, pairs.crowd, True)


def slice_of_all():
    queue = list(kinds.ALL)
    for turn, case in enumerate(cases.ALL):
        yield from some(case, turn, queue)


def stepped(rounds, step):
    """All, or every nth."""
    return every(full(rounds), step, 0)
