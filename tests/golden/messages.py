"""Messages inside a golden file: `//     ^^^^ error[S0012]: …` below the line that they speak of.

They are never read, only written: a test strips them, compiles, and renders the file anew with what the compiler said."""
import json
import re

# `//@…` is the form where no caret can stand: columns 1 and 2, other files, the end of the file.
MARK = re.compile(r"//( *\^+|@\S+)(\.\.\+\d+:\d+)? (error|warning|note|help)\b|//  = (note|help|fix)\b")


def strip(text):
    return "\n".join(line for line in text.split("\n") if not MARK.match(line))


def parse(output):
    """The compiler's JSON lines as a list; a line that is none is a fault of the compiler."""
    return [json.loads(line) for line in output.splitlines() if line.strip()]


def render(source, diagnostics, name):
    """The source with each message below its line. `name` is the file as the compiler was given it."""
    lines = source.removesuffix("\n").split("\n")
    below = {}
    for diagnostic in diagnostics:
        for mark in marks(diagnostic):
            number, text = place(mark, lines, name)
            below.setdefault(number, []).append((mark["file"] != name, mark["column"], text))
    if not below:
        return source
    out = []
    for number, line in enumerate(lines, 1):
        out.append(line)
        out += [text for _, _, text in sorted(below.get(number, []), key=lambda entry: entry[:2])]
    return "\n".join(out) + "\n"


def marks(diagnostic):
    """The diagnostic and its notes, each with a place; what has no place of its own goes along with the diagnostic."""
    main = {"file": "", "line": 0, "column": 0} | diagnostic
    main["text"] = "{severity}[{code}]: ".format(**main) + one_line(main["message"])
    notes = [{"file": "", "line": 0, "column": 0} | note for note in main.get("notes", [])]
    main["tail"] = ["note: " + one_line(note["message"]) for note in notes if not note["line"]]
    main["tail"] += ["help: " + one_line(main["help"])] if main.get("help") else []
    main["tail"] += [fix_text(fix, main) for fix in main.get("fixes", [])]
    placed = [dict(note, text="note: " + one_line(note["message"]), tail=[]) for note in notes if note["line"]]
    return [main, *placed]


def fix_text(fix, main):
    """`fix: `after`` in the diagnostic's own place, `fix 2:8-12: `after`` in another."""
    ends = ("line", "column", "end_line", "end_column")
    where = "" if all(fix[end] == main[end] for end in ends) else " {line}:{column}-{end_column}".format(**fix)
    return f"fix{where}: `{one_line(fix['replacement'])}`"


def one_line(text):
    return text.replace("\n", "\\n")


def place(mark, lines, name):
    """(the line it goes below, its text)."""
    text = mark["text"] + "".join("\n//  = " + line for line in mark["tail"])
    line, column = mark["line"], mark["column"]
    end_line, end_column = mark.get("end_line") or line, mark.get("end_column") or column
    if mark["file"] != name:
        return len(lines), f"//@{mark['file'] or '-'}:{line}:{column} {text}"
    if not 1 <= line <= len(lines):
        return len(lines), f"//@{line}:{column} {text}"
    until = f"..+{end_line - line}:{end_column}" if end_line != line else ""
    if end_line != line:
        end_column = len(lines[line - 1].encode(errors="surrogateescape")) + 1
    begin, end = shown(lines[line - 1], column), shown(lines[line - 1], end_column)
    width = max(1, end - begin)
    if begin <= 2:
        return line, f"//@{begin}-{begin + width}{until} {text}"
    return line, f"//{' ' * (begin - 3)}{'^' * width}{until} {text}"


def shown(line, column):
    """A byte column as the column of a character, so that carets stand where a reader sees the text."""
    encoded = line.encode(errors="surrogateescape")
    return len(encoded[:column - 1].decode(errors="replace")) + 1 + max(0, column - 1 - len(encoded))
