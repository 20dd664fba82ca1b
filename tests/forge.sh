# Sourced behind world.sh by tests of proposals: a simulated GitHub with its
# repositories, and the people there.  See tests/world/README.md.
# shellcheck shell=sh disable=SC2034,SC2153,SC2154

# forge CONTROL JSON: a request /github/CONTROL of the world's control port;
# what it says is in $WORLD_DIR/said.
forge()
{
	world_ctl POST "/github/$1" "$2" >"$WORLD_DIR/said"
	grep -q '^{' "$WORLD_DIR/said" || {
		cat "$WORLD_DIR/said" >&2
		return 1
	}
}

# forge_state [FILTER]: what there is, and what was counted.
forge_state()
{
	world_ctl GET /github/state | jq -c "${1:-.}"
}

# forge_repo OWNER/NAME FOLDER [JSON]: a repository with the files of a
# folder, byte for byte, and settings.  Sets FORGE_REPO, FORGE_GIT and
# FORGE_API, addresses for programs, and FORGE_BARE, the repository itself.
forge_repo()
{
	FORGE_REPO=$1
	FORGE_GIT=$WORLD_URL/$1.git
	FORGE_API=$WORLD_URL/api/v3
	FORGE_BARE=$WORLD_DIR/git/$1.git
	jq -n --arg repo "$1" --argjson more "${3:-{\}}" \
	    '{repo: $repo} + $more' >"$WORLD_DIR/repo"
	forge create "@$WORLD_DIR/repo"
	forge_git "$2" add -A -f .
	forge_git "$2" commit -q -m Begin
	rm -f "$FORGE_BARE/index" "$FORGE_BARE/COMMIT_EDITMSG"
	forge_state . >"$WORLD_DIR/said"
}

# forge_git FOLDER ARG...: git in the repository itself, with files of one's
# own, at the world's time.
forge_git()
(
	forge_date=$(world_clock)
	export GIT_DIR="$FORGE_BARE" GIT_WORK_TREE="$1"
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
	export GIT_AUTHOR_NAME='A Person' GIT_AUTHOR_EMAIL=person@localhost
	export GIT_COMMITTER_NAME='A Person' \
	    GIT_COMMITTER_EMAIL=person@localhost
	export GIT_AUTHOR_DATE="${forge_date%.*}Z" \
	    GIT_COMMITTER_DATE="${forge_date%.*}Z"
	shift
	git -c core.bare=false -c core.logAllRefUpdates=false "$@"
)

# forge_app ID SLUG [JSON]: an app installed on the owner of the repository;
# its private key, made once as that takes long, is in FORGE_KEY.
forge_app()
{
	FORGE_KEY=$WORLD_DIR/app-$1.pem
	[ -s "$FORGE_KEY" ] ||
	    openssl genrsa -traditional -out "$FORGE_KEY" 2048 2>/dev/null
	openssl rsa -in "$FORGE_KEY" -pubout -out "$WORLD_DIR/app.pub" \
	    2>/dev/null
	jq -n --argjson id "$1" --arg slug "$2" --arg repo "$FORGE_REPO" \
	    --rawfile public "$WORLD_DIR/app.pub" --argjson more "${3:-{\}}" \
	    '{id: $id, slug: $slug, public: $public,
	      account: ($repo | split("/")[0]),
	      permissions: {contents: "write", pull_requests: "write"}}
	     + $more' >"$WORLD_DIR/app"
	forge app "@$WORLD_DIR/app"
}

# forge_user LOGIN [JSON]: its token is in the file FORGE_TOKEN.
forge_user()
{
	FORGE_TOKEN=$WORLD_DIR/token-$1
	echo "ghp_$1" >"$FORGE_TOKEN"
	jq -n --arg login "$1" --argjson more "${2:-{\}}" \
	    '{login: $login, token: ("ghp_" + $login)} + $more' \
	    >"$WORLD_DIR/user"
	forge user "@$WORLD_DIR/user"
}

# forge_push BRANCH FILE TEXT [JSON]: a person's commit; prints it.
forge_push()
{
	jq -n --arg repo "$FORGE_REPO" --arg branch "$1" --arg file "$2" \
	    --arg text "$3" --argjson more "${4:-{\}}" \
	    '{repo: $repo, branch: $branch, files: {($file): $text}} + $more' \
	    >"$WORLD_DIR/push"
	forge push "@$WORLD_DIR/push" && jq -r .oid "$WORLD_DIR/said"
}

# forge_pull NUMBER WHAT [JSON]: a person's close, reopen, merge, update,
# revert, edit or comment of a request.
forge_pull()
{
	jq -n --arg repo "$FORGE_REPO" --argjson number "$1" \
	    --argjson more "${3:-{\}}" \
	    '{repo: $repo, number: $number} + $more' >"$WORLD_DIR/pull"
	forge "$2" "@$WORLD_DIR/pull"
}

# forge_file BRANCH PATH: a file as it is there now.
forge_file()
{
	git -C "$FORGE_BARE" cat-file blob "refs/heads/$1:$2"
}
