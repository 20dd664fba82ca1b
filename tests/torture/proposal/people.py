"""What people do between two exchanges of a run."""

from proposal import cases, laws
from proposal.stage import NOTE, REPO

MARKER = '<!-- modelsync {"version":1,"model":"%s"} -->'


def newest(stage):
    ours = [p for p in cases.pulls(stage) if p["user"] == laws.US]
    return ours[-1] if ours else None


def on(what, **more):
    """Of the newest request of ours."""
    def do(stage):
        number = newest(stage)["number"]
        stage.github(what, {"repo": REPO, "number": number, **more})
        return number
    return do


def revert(stage):
    number = [p["number"] for p in cases.pulls(stage) if p["merged_at"]][-1]
    stage.github("revert", {"repo": REPO, "number": number})


def push(stage):
    return cases.commit(stage, laws.head(stage), {NOTE: "a person's\n"})


def push_model(stage):
    now = cases.files(stage, laws.head(stage))
    for old in stage.models:
        now = cases.marked(now, old, "mine")
    return cases.commit(stage, laws.head(stage), now)


def name_newest(stage):
    have = [m for m in stage.models if cases.has_model(stage, m)]
    return cases.name_it(stage, have[-1])


def name_own(stage):
    return cases.name_it(stage, "somebodys")


def delete(stage):
    stage.github("delete_branch", {"repo": REPO, "branch": laws.head(stage)})


def stranger(stage):
    """With our marker, from a branch of theirs."""
    cases.commit(stage, "topic", {NOTE: "topic\n"}, start="main")
    stage.github("open", {"repo": REPO, "head": "topic", "by": "eve",
                          "title": "mine",
                          "body": MARKER % stage.models[0]})


def open_ours(stage):
    stage.github("open", {"repo": REPO, "head": laws.head(stage), "by": "eve",
                          "title": "by hand"})


# Afterwards.
def kept(stage, oid, last):
    """A commit is on some branch still."""
    if stage.git("branch", "--contains", oid):
        return []
    return [f"the person's commit {oid} is gone"]


def kept_and_held(stage, oid, last):
    if last.end != "held":
        return [*kept(stage, oid, last), f"not held ({last})"]
    return kept(stage, oid, last)


def stays_closed(stage, number, last):
    pull = cases.pulls(stage)[number - 1]
    states = [r["state"] for r in pull["revisions"]]
    if "open" in states[states.index("closed"):] if (
            "closed" in states) else pull["state"] == "open":
        return [f"#{number} was opened again"]
    return []


def nothing(stage, done, last):
    return []


class Act:
    """`needs`: a branch, a request that is open, closed or merged, or none;
    `racing`: what cannot be helped when our write follows it at once."""

    def __init__(self, name, needs, do, judge=nothing, racing=()):
        self.name = name
        self.needs = needs
        self.do = do
        self.judge = judge
        self.racing = racing


ALL = [
    Act("commits to the branch", "branch", push, kept),
    Act("closes", "open", on("close"), stays_closed),
    Act("merges", "open", on("merge", method="merge")),
    Act("touches a marked file", "", cases.touch),
    Act("deletes the branch", "branch", delete),
    Act("squashes", "open", on("merge", method="squash")),
    Act("updates the branch", "open", on("update")),
    Act("names it on base", "", name_newest, racing=("empty",)),
    Act("edits the text", "open", on("edit", title="a title", body="text")),
    Act("retargets", "open", on("edit", base="other")),
    Act("commits a model to the branch", "branch", push_model, kept,
        ("untrue",)),
    Act("rebases", "open", on("merge", method="rebase")),
    Act("makes the branch", "no branch", push, kept_and_held),
    Act("reopens", "closed", on("reopen"),
        racing=("untrue", "empty", "two")),
    Act("reverts", "merged", revert, racing=("empty",)),
    Act("commits to base", "", lambda stage: cases.commit(
        stage, "main", {NOTE: "unrelated\n"})),
    Act("names their own on base", "", name_own),
    Act("opens one from elsewhere", "", stranger),
    Act("opens one from our branch", "own branch", open_ours),
]
FENCED = ("commits to the branch", "makes the branch")
NAMED = {act.name: act for act in ALL}


def can(stage):
    """The needs that a state meets."""
    pull = newest(stage)
    found = {""}
    state = stage.state()
    if laws.head(stage) in state["repositories"][REPO]["branches"]:
        found.add("branch")
        if not any(p["state"] == "open" for p in cases.pulls(stage)):
            found.add("own branch")
    else:
        found.add("no branch")
    if pull is not None:
        found.add("merged" if pull["merged_at"] else pull["state"])
    return found
