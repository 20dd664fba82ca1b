"""What all workers share: lives lived once, and the clock of those under a
Lease object."""

import multiprocessing
import os
import signal
import subprocess

from generation import cases
from generation.stage import LEASES, TRAINERS, Stage, shelf

HERE = os.path.dirname(os.path.realpath(__file__))


def begin():
    """The end of the pool is no matter for who started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def live(job):
    shared, binaries, kept, trainer = job
    own = os.path.join(shared, f"life-{kept}-{trainer}")
    os.makedirs(own)
    os.makedirs(shelf(shared, kept, trainer))
    stage = Stage(own, shared, binaries)
    try:
        cases.travel(stage, kept, trainer)
    finally:
        stage.place.stop()


def prepare(shared, binaries):
    subprocess.run([os.environ.get("CC") or "cc", "-shared", "-fPIC", "-O1",
                    "-o", os.path.join(shared, "clock.so"),
                    os.path.join(HERE, "clock.c")], check=True)
    jobs = [(shared, binaries, kept, trainer)
            for kept in LEASES for trainer in TRAINERS]
    with multiprocessing.Pool(len(jobs), begin) as pool:
        pool.map(live, jobs, chunksize=1)
