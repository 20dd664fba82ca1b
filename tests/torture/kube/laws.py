"""What must be true whatever happens.  Each law returns sentences about
where it is broken."""

from kube.place import log_of

# What befalls an answer that is whole and says the truth all the same.
HARMLESS = {"hold", "slow", "clock", "no-date", "bad-date"}
WRITES = 2      # of a run on its Lease: it takes it and lets it go


def lines_of(run, record):
    return [line for line in record if line["run"] == run.name]


def acknowledged(lines):
    """Whether a run's first write was answered as done, wholly."""
    for line in lines:
        if line["mutating"]:
            kinds = set((line["fault"] or "").split("+")) - {""}
            return line["status"] in (200, 201) and kinds <= HARMLESS
    return False


def of_run(run, record, allowed=None):
    """What one run is and says, whoever else is about."""
    found = []
    lines = lines_of(run, record)
    writes = [line for line in lines if line["mutating"]]
    if run.ill:
        found.append(run.ill)
    if allowed is not None and run.status not in allowed:
        found.append(f"exit {run.status}, not in {sorted(allowed)}")
    other = [line for line in writes if "/leases/" not in line["path"]
             and not line["path"].endswith("/leases")]
    if len(writes) - len(other) > WRITES or len(other) > 1:
        found.append(f"{len(writes)} writes in one run, {len(other)} of them "
                     "actions")
    if run.dry and writes:
        found.append("a dry run wrote")
    if lines and not run.seen and (
            lines[0]["method"] != "GET"
            or "/leases/" not in lines[0]["path"]):
        found.append("the first exchange is not the GET of the Lease")
    return [f"{text} ({run})" for text in found]


def of_change(runs, before, after, record):
    """What some runs, one or more, did between two looks."""
    found = []
    changes = before.changes(after)
    entitled = [run for run in runs
                if not run.dry and acknowledged(lines_of(run, record))]
    if len(changes) > len(entitled):
        found.append(f"{len(changes)} actions ({', '.join(changes)}) of "
                     f"{len(entitled)} runs that may act")
    if any(text.startswith("-") for text in changes):
        found.append(f"something was taken away: {', '.join(changes)}")
    if before.heads["main"] != after.heads["main"]:
        found.append("main was moved")
    taken = before.taken(after)
    if not 0 <= taken <= len(runs):
        found.append(f"{len(runs)} runs took the Lease {taken} times")
    return found


def of_trainings(stage, again):
    """`again`: how many trainings were allowed to be cut short."""
    found = []
    begun, over = {}, {}
    for word, generation, _ in stage.trainings():
        if word == "beside":
            found.append("two trainers at once")
        else:
            count = begun if word == "start" else over
            count[generation] = count.get(generation, 0) + 1
    if len(begun) > 1:
        found.append(f"trainings of {len(begun)} generations")
    for generation, n in begun.items():
        if n > 1 + again:
            found.append(f"{n} trainings of {generation}")
        if over.get(generation, 0) > 1:
            found.append(f"{over[generation]} trainings of {generation} "
                         "came to their end")
    return found


def of_workloads(look):
    """What was made in the cluster: of a generation one, and no more."""
    if len(look.made) > 1:
        return [f"trainings in the cluster: {', '.join(look.made)}"]
    return []


def of_end(case, look):
    """The one end that all ways lead to."""
    found = []
    shelves = [len(look.shelf(s)) for s in ("datasets", "models", "failed")]
    if shelves != case.shelves:
        found.append(f"datasets, models, failed: {shelves}, not "
                     f"{case.shelves}")
    if case.workload and len(look.made) != 1:
        found.append(f"made in the cluster: {look.made}")
    if look.tmp:
        found.append(f"left in tmp: {look.tmp}")
    if look.locks:
        found.append(f"left in refs: {sorted(look.locks)}")
    for tool, thing in look.leases.items():
        log = log_of(thing)
        if log is not None and log["intent"] is not None:
            found.append(f"an intent of {tool} is open")
        if (thing or {}).get("spec", {}).get("holderIdentity"):
            found.append(f"{tool} is held")
    if not case.shelves[1]:
        if look.heads["auto-update"]:
            found.append("a proposal without a model")
        return found
    parents = [line.split()[1] for line in look.proposal.split("\n")
               if line.startswith("parent ")]
    if parents != [look.heads["main"]] or look.branches - set(look.heads):
        found.append(f"the proposal has the parents {parents}, not main; "
                     f"branches: {sorted(look.branches)}")
    return found
