"""Cases worked off by a pool of processes, each with a world of its own, and
what is told of them."""

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback

TOLD = 5        # violations shown of each case
FIGURES = ("subcases", "runs", "failed")


class Sweep:
    """What is swept.  `cases` in their order; `plain(stage, case)`, which
    meets nothing; `every(stage, case)`, all subcases once plain has been;
    `slice_of(subs, case, lines, turn)`, those of the slice; `in_slice(turn)`;
    `stage(folder, shared, binaries)` of a worker; and `prepare(shared,
    binaries)`, what all of them need."""

    def __init__(self, name, cases, **how):
        self.name = name
        self.cases = cases
        self.plain = how["plain"]
        self.every = how["every"]
        self.slice_of = how["slice_of"]
        self.in_slice = how.get("in_slice", lambda turn: True)
        self.stage = how["stage"]
        self.prepare = how.get("prepare", lambda shared, binaries: None)


class Worker:
    """What a process of the pool has for itself."""

    stage = None
    given = None

    @classmethod
    def begin(cls, *given):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        cls.given = given

    @classmethod
    def get(cls):
        if cls.stage is None:
            sweep, root, count = cls.given
            with count.get_lock():
                own = os.path.join(root, f"worker-{count.value}")
                count.value += 1
            os.makedirs(own)
            cls.stage = sweep.stage(own, root, binaries())
        return cls.stage


def binaries():
    return os.path.abspath(os.environ["BIN"])


class Found:
    """What came of a case, as plain data."""

    def __init__(self, case):
        self.case = case.name
        self.wrong = []
        self.subcases = self.runs = self.failed = 0
        self.began = time.monotonic()
        self.seconds = 0

    def take(self, name, function, stage, case):
        began = time.monotonic()
        stage.runs = []
        try:
            trial = function(stage, case)
            wrong = trial.wrong
            self.failed += trial.failed
        except Exception:
            wrong = [traceback.format_exc(limit=-4)]
            stage.place.calm()
        wrong += stage.place.broken()
        self.wrong += [(name, text) for text in wrong]
        self.subcases += 1
        self.runs += len(stage.runs)
        self.seconds = time.monotonic() - self.began
        if os.environ.get("VERBOSE"):
            print(f"{time.monotonic() - began:6.2f} {name}", file=sys.stderr)


def work(job):
    """A case with the subcases that are its turn."""
    turn, full, step, words = job
    sweep = Worker.given[0]
    case = sweep.cases[turn]
    found = Found(case)
    try:
        stage = Worker.get()
        found.take(f"{case.name}: plain", sweep.plain, stage, case)
        if case.name not in stage.lines:
            return found
        subs = sweep.every(stage, case)
        if full:
            subs = subs[turn % step::step]
        else:
            subs = list(sweep.slice_of(subs, case, stage.lines[case.name],
                                       turn))
        for sub in subs:
            name = sub.name(case)
            if all(word in name for word in words):
                found.take(name, sub.run, stage, case)
    except Exception:
        found.wrong.append((case.name, traceback.format_exc(limit=-4)))
    return found


def tell(found):
    print(f"{'FAIL' if found.wrong else 'ok  '} {found.case} "
          f"({found.subcases} subcases, {found.failed} exchanges failed, "
          f"{found.runs} runs, {len(found.wrong)} violations, "
          f"{found.seconds:.0f} s)")
    for name, text in found.wrong[:TOLD]:
        print(f"     {name}: {text}")
    sys.stdout.flush()


def chosen(sweep, words):
    """The jobs."""
    step = int(os.environ.get("STEP") or 0)
    full = bool(os.environ.get("FULL") or step)
    return [(turn, full, step or 1, words)
            for turn in range(len(sweep.cases))
            if full or sweep.in_slice(turn)]


def main(sweep, words):
    workers = int(os.environ.get("WORKERS") or 1 + (os.cpu_count() or 1))
    jobs = chosen(sweep, words)
    began = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    root = tempfile.mkdtemp(prefix=f"modelsync-{sweep.name}-")
    count = multiprocessing.Value("i", 0)
    total = dict.fromkeys(FIGURES, 0)
    wrong = 0
    try:
        sweep.prepare(root, binaries())
        with multiprocessing.Pool(workers, Worker.begin,
                                  (sweep, root, count)) as pool:
            for found in pool.imap(work, jobs):
                tell(found)
                wrong += len(found.wrong)
                for key in FIGURES:
                    total[key] += getattr(found, key)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print(f"     {len(jobs)} cases, {total['subcases']} subcases, "
          f"{total['runs']} runs, {total['failed']} exchanges failed, "
          f"{wrong} violations, {time.monotonic() - began:.0f} s")
    sys.exit(wrong != 0)
