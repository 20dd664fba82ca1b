"""A run is told to end, or killed, at one of its exchanges or while its
trainer works."""

import signal
import time

from kube.trial import Trial

END = 20        # s from the signal to the end (design, promise 10)


def told(trial, run, case, n, since):
    """How a run ends that was told to at exchange n."""
    run.ended(END)
    if time.monotonic() - since > END:
        trial.say(f"took more than {END} s to end ({run})")
    last = n == case.exchanges
    begun = n == case.effect    # and is brought to its end
    reads = n <= case.reads and not case.acts   # and goes on to look
    record, changes = trial.judge([run], {case.status} if last else
                                  {0, 1} if begun else
                                  {1, case.status} if reads else {1})
    writes = sum(line["mutating"] for line in record)
    if n <= case.reads and writes and not last:
        trial.say(f"began to write after it was told to end ({run})")
    if not last and not begun and changes:
        trial.say(f"acted after it was told to end ({run})")


def at_exchange(stage, case, n, when, name):
    """The exchange is held, the signal sent, the exchange let go."""
    trial = Trial(stage, case)
    trial.set()
    where = {"agent": case.tool, "nth": n}
    rules = [{"match": where, "kind": "hold", "at": when}]
    if (when, name) == ("before", "KILL"):      # the request is lost with it
        rules.append({"match": where, "kind": "cut-before"})
    stage.place.faults(*rules)
    run = trial.start()
    if len(stage.place.held(1)) != 1:
        trial.say("never got to the exchange")
    since = time.monotonic()
    if name == "KILL":
        run.signal(signal.SIGKILL)
        run.ended()
        stage.place.release()
        killed(trial, run)
    else:
        run.signal(signal.SIGTERM)
        stage.place.release()
        told(trial, run, case, n, since)
    trial.settle()
    return trial


def killed(trial, run):
    """Nobody is there to judge; what it left is, at the end."""
    if run.status != -signal.SIGKILL:
        trial.say(f"was not killed ({run})")
    trial.judge([run])


def in_trainer(stage, case, name):
    """The run's trainer has begun, and waits."""
    trial = Trial(stage, case)
    trial.again = 1
    trial.set()
    stage.gate(True)
    run = trial.start()
    await_trainer(trial)
    since = time.monotonic()
    run.signal(signal.SIGKILL if name == "KILL" else signal.SIGTERM)
    if name == "KILL":
        run.ended()
        killed(trial, run)
    else:
        told(trial, run, case, 2, since)
    trial.settle()
    return trial


def await_trainer(trial, seconds=20):
    until = time.monotonic() + seconds
    while not trial.stage.trainings():
        if time.monotonic() > until:
            trial.say("the trainer never began")
            return
        time.sleep(0.01)
