"""A `gh` that answers from files, a clock that stands still and a `sleep` that does not."""
import json
import pathlib

REPOSITORY = "repos/acme/shop/"

GH = r"""#!/bin/bash
# gh api [--method GET] PATH [-f NAME=VALUE]…: the file of that path; none is an error, and so are the first FAILURES calls.
shift
while [[ "$1" == --method ]]; do shift 2; done
echo "$*" >>"${FAKE}/calls"
if (($(wc -l <"${FAKE}/calls") <= ${FAILURES:-0})); then echo "gh: HTTP 502" >&2; exit 1; fi
file="${FAKE}/$1.json"
[[ -f "${file}" ]] || { echo "gh: HTTP 404 $1" >&2; exit 1; }
cat "${file}"
"""
DATE = '#!/bin/bash\nexec /bin/date -d "@${NOW:?}" "$@"\n'
SLEEP = "#!/bin/bash\n"


class Fakes:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "bin").mkdir()
        for name, text in (("gh", GH), ("date", DATE), ("sleep", SLEEP)):
            (self.folder / "bin" / name).write_text(text)
            (self.folder / "bin" / name).chmod(0o755)
        self.event({})

    def event(self, data):
        (self.folder / "event").write_text(json.dumps(data))

    def answers(self, path, data):
        """What the API says at that path of the repository."""
        file = self.folder / f"{REPOSITORY}{path}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(data))

    def deployed(self, *deployments):
        """(number of the run or None, states) of each deployment, the newest first."""
        self.answers("deployments", [{"id": number} for number in range(len(deployments))])
        for number, (run, states) in enumerate(deployments):
            url = f"https://github.com/acme/shop/actions/runs/{run}/job/1" if run else ""
            self.answers(f"deployments/{number}/statuses", [{"state": state, "log_url": url} for state in states])


def approval(who, *environments, state="approved"):
    return {"state": state, "comment": "", "user": {"login": who}, "environments": [{"name": name} for name in environments]}
