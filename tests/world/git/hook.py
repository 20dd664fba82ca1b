"""What a repository refuses: a hook of update, as GitHub words it."""

import os

HEAD = """#!/bin/sh
# REF OLD NEW
no()
{
	echo "error: GH006: Protected branch update failed for $ref." >&2
	echo "error: $1" >&2
	exit 1
}
ref=$1 old=$2 new=$3
zero=0000000000000000000000000000000000000000
"""
SIGNED = """[ "$new" = $zero ] || for commit in $(git rev-list "$new" \
    --not --all); do
	git cat-file commit "$commit" | sed '/^$/q' | grep -q '^gpgsig ' ||
	    no "Commits must have verified signatures."
"""
VERIFIED = """	git -c gpg.format=ssh -c gpg.ssh.allowedSignersFile="$GIT_DIR/signers" \\
	    verify-commit "$commit" 2>/dev/null ||
	    no "Commits must have verified signatures."
"""
FORCE = """case $ref in {refs})
	[ "$old" = $zero ] || [ "$new" = $zero ] ||
	git merge-base --is-ancestor "$old" "$new" ||
	    no "Cannot force-push to this branch" ;;
esac
"""


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def pattern(branch):
    """`*` stands for every branch."""
    return "refs/heads/*" if branch == "*" else quoted(f"refs/heads/{branch}")


def text(settings):
    parts = [HEAD]
    for branch, message in settings["protected"].items():
        parts.append(f"case $ref in {pattern(branch)}) "
                     f"no {quoted(message)} ;; esac\n")
    if settings["signed"]:
        known = isinstance(settings["signed"], list)
        parts.append(SIGNED + (VERIFIED if known else "") + "done\n")
    if settings["noForce"]:
        parts.append(FORCE.replace("{refs}", " | ".join(
            pattern(branch) for branch in settings["noForce"])))
    return "".join(parts) + "exit 0\n"


def install(path, settings):
    """Into the repository at `path`; away where nothing is refused."""
    hook = os.path.join(path, "hooks", "update")
    if isinstance(settings["signed"], list):
        with open(os.path.join(path, "signers"), "w",
                  encoding="utf-8") as file:
            file.writelines(f"* {key}\n" for key in settings["signed"])
    if not (settings["protected"] or settings["signed"]
            or settings["noForce"]):
        if os.path.exists(hook):
            os.remove(hook)
        return
    os.makedirs(os.path.dirname(hook), exist_ok=True)
    with open(hook, "w", encoding="utf-8") as file:
        file.write(text(settings))
    os.chmod(hook, 0o755)
