#!/usr/bin/env python3
"""Hostile values in every place of a script: what is run must hand each of them on byte for byte, and run none of it.

Each template is unfolded with each value twice: known when the file is compiled, and bound to a variable when the run
starts. The scripts are run as GitHub runs them, by the shells that are installed; a missing one is told of loudly.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

VALUES = [
    "", "3.10", "-rf", "~root", "#no", "a=b", "if", "2>pwned", "\\", "A\nEND\n", "  two  words*[a-z]? \ta\r\nb\n",
    "it's \"quoted\" $HOME ${HOME} ; touch pwned | touch pwned", "`touch pwned` $(touch pwned) <(touch pwned) > pwned",
    "a[$(touch pwned)]", "';touch pwned;'", '";touch pwned;"', "''' \"\"\" {a,b} {{x}} {x!r} ${{ x }} %s%d %PATH% !!",
    "ünï→𝄞 '); import os; os.system('touch pwned') #",
]  # fmt: skip

# In a template `@` is the hole; `[…]` around what arrives shows where it begins and ends.
PLAIN = "[{}]"
POSIX = [
    ("printf '[%s]' @", PLAIN),
    ('printf "[%s]" "@"', PLAIN),
    ("printf '[%s]' '@'", PLAIN),
    ("printf '[%s]' a@b", "[a{}b]"),
    ("printf '[%s]' --flag=@ | cat", "[--flag={}]"),
    ("printf '[%s]' \"a $HOME@ b\" | sed \"s|$HOME|H|\"", "[a H{} b]"),
    ("x=@; printf '[%s]' \"$x\"", PLAIN),
    ("x=pre@; y=\"$(printf '%s.' \"$(printf '%s' @)\")\"; printf '[%s]' \"${y%.}\"", None),
    ("printf '[%s]' \"$(printf '%s.' '@')\"", "[{}.]"),
    ("for x in @; do printf '[%s]' \"$x\"; done", PLAIN),
    ("case @ in '@') printf '[%s]' @;; *) printf no;; esac", PLAIN),
    ("x=$(case a in a) printf '%s.' '@' ;; esac); printf '[%s]' \"$x\"", "[{}.]"),
    ("# @ in a comment it's\nprintf '[%s]' @", PLAIN),
    ("cat <<END\n[@]\nEND", "[{}]\n"),
    ("cat <<-END\n\tit's \"[@]\"\n\tEND", "it's \"[{}]\"\n"),
    ("cat <<A; cat <<'B'\n[@]\nA\nit's {no} $HOME\nB\nprintf %s @", None),
    ("f() { printf '[%s]' \"$1\"; }\nf @", PLAIN),
    ("printf '[%s]' ${NOTHING:-@}", None),
    ("printf '[%s]' \"${NOTHING:-@}\"", PLAIN),
    ("sh -c 'printf \"[%s]\" \"$1\"' _ @", PLAIN),
    ("if [ @ = @ ]; then printf '[%s]' @; fi", None),
    ("printf '[%s]' \\\n  @ \\\n  \"it's\"", "[{}][it's]"),
    ("(printf '[%s]' @); { printf '[%s]' @; }", "[{}][{}]"),
    ("printf '[%s]' @>out; cat out", PLAIN),
]
BASH = [
    ("cat <<<@", "{}\n"),
    ("[[ @ == '@' && 1 -eq 1 ]] && printf '[%s]' @", PLAIN),
    ("a=(x @ y); printf '[%s]' \"${a[1]}\"", PLAIN),
    ("cat <(printf '[%s]' @)", PLAIN),
    ("declare x=@; printf '[%s]' \"$x\"", PLAIN),
    ("(( 1 < 2 )) && printf '[%s]' $'it\\'s' @", "[it's][{}]"),
]
OUT = "import sys; w = lambda v: sys.stdout.buffer.write(b'[' + v.encode('utf-8', 'surrogateescape') + b']')\n"
PYTHON = [
    (OUT + "w(@)", PLAIN),
    (OUT + "w('a @ b')", "[a {} b]"),
    (OUT + 'w("a @ b" + \'c\')', "[a {} bc]"),
    (OUT + 'w("""it\'s @" b""")', "[it's {}\" b]"),
    (OUT + "w(f'a {1 + 1} @ {{}} b')", "[a 2 {} {{}} b]"),
    (OUT + 'w(f"{@}")', PLAIN),
    (OUT + "w(r'a\\n @')", "[a\\n {}]"),
    (OUT + "w({'k': @}['k'])  # it's @ \"", PLAIN),
    (OUT + "w([@, '''x''', '@'][2])", PLAIN),
]
POWERSHELL_OUT = "$o = [Console]::OpenStandardOutput(); function w($v) { $b = [Text.Encoding]::UTF8.GetBytes(\"[$v]\"); $o.Write($b, 0, $b.Length) }\n"
POWERSHELL = [
    (POWERSHELL_OUT + "w @", PLAIN),
    (POWERSHELL_OUT + 'w "a @ b"', "[a {} b]"),
    (POWERSHELL_OUT + 'w @"\nit\'s @\n"@', "[it's {}]"),
    (POWERSHELL_OUT + "$x = @; w $x # it's @", PLAIN),
]
SHELLS = {
    "bash": (["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"], POSIX + BASH),
    "sh": (["dash" if shutil.which("dash") else "sh", "-e"], POSIX),
    "python": ([sys.executable], PYTHON),
    "pwsh": (["pwsh", "-NoProfile", "-File"], POWERSHELL),
}


def escaped(text):
    table = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "$": "\\$"}
    return '"' + "".join(table.get(c, c) for c in text) + '"'


def with_hole(template, hole):
    return ("${{ " + hole + " }}").join(escaped(part)[1:-1] for part in template.split("@"))


def source_of(shell, template, values):
    """One step for the value that comes late, then one for each that is known."""
    lines = ["pipeline hostile {", "  on manual { input late: string }", "  stage test {"]
    lines += [f"    let v{i} = {escaped(value)}" for i, value in enumerate(values)]
    for name in ["inputs.late"] + [f"v{i}" for i in range(len(values))]:
        lines.append(f'    run "{with_hole(template, name)}" {{ shell {shell} }}')
    return "\n".join(lines + ["  }", "}", ""])


def unfold(sluice, folder, shell, template, values):
    file = folder / "hostile.pipe"
    file.write_text(source_of(shell, template, values), encoding="utf-8", newline="")
    done = subprocess.run([sluice, "graph", str(file)], capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{shell}: {template!r} is refused\n{done.stderr.decode()}")
    return json.loads(done.stdout)["stages"][0]["steps"]


def environment(step, late):
    env = {}
    for name, value in step.get("env", {}).items():
        env[name] = value if isinstance(value, str) else late
    return env


def run(command, step, late, folder):
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    script = folder / "script"
    script.write_bytes(step["run"]["text"].encode("utf-8"))
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        command + [str(script)], cwd=work, env=kept | {"LC_ALL": "C.UTF-8"} | environment(step, late),
        capture_output=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    ran = sorted(entry.name for entry in work.iterdir() if entry.name != "out")
    return done, ran


def check_template(args, folder, shell, command, template, expected):
    failures = []
    steps = unfold(args.sluice, folder, shell, template, VALUES)
    for i, value in enumerate(VALUES):
        for binding, step in (("late", steps[0]), ("known", steps[i + 1])):
            done, ran = run(command, step, value, folder)
            wanted = None if expected is None else expected.replace("{{}}", "\0").replace("{}", value).replace("\0", "{}")
            wrong = done.returncode != 0 and expected is not None
            if ran or wrong or (wanted is not None and done.stdout != wanted.encode("utf-8")):
                failures.append(f"{shell}, {binding}: {template!r} with {value!r}\n  script {step['run']['text']!r}\n"
                                f"  gave {done.stdout!r} {done.stderr[-200:]!r}, ran {ran}, status {done.returncode}")  # fmt: skip
    return failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sluice", required=True)
    parser.add_argument("shells", nargs="*", default=[])
    args = parser.parse_args()
    args.sluice = str(pathlib.Path(args.sluice).resolve())
    failures, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for shell, (command, templates) in SHELLS.items():
            if args.shells and shell not in args.shells:
                continue
            if not shutil.which(command[0]):
                print(f"SKIPPED: {shell} is not installed; {len(templates)} templates were not run")
                continue
            for template, expected in templates:
                failures += check_template(args, pathlib.Path(folder), shell, command, template, expected)
                count += 2 * len(VALUES)
    print("\n".join(failures[:20]))
    print(f"{count} scripts run, {len(failures)} wrong")
    return 1 if failures or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
