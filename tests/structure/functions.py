"""Where the functions of a C++ source stand, without a parser: literals, comments and directives are blanked out, then
braces are counted."""
import re

BLANKED = re.compile(r'R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'|//[^\n]*|/\*.*?\*/'
                     r"|^\s*#(?:\\\n|[^\n])*", re.S | re.M)
NO_FUNCTION = re.compile(r"\s*(?:template\s*<[^{}]*>\s*)?(?:inline\s+)?(?:namespace|enum|class|struct|union)\b|.*=\s*$", re.S)


def functions(text):
    """(first line, length) of each outermost `…(…) {…}`; what is inside one, lambdas among it, belongs to it."""
    bare = BLANKED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    kinds, begin, head = [], 0, 0  # of each open brace: `function`, `value` (as in `a_{1}`) or `block`
    for match in re.finditer(r"[{};]", bare):
        before = bare[head:match.start()]
        if match[0] == "{" and (kinds[-1:] == ["value"] or re.search(r"[\w>]$|[(,]\s*$", before)):
            kinds.append("value")
        elif match[0] == "{" and "function" not in kinds and "(" in before and not NO_FUNCTION.match(before):
            kinds.append("function")
            begin = bare.count("\n", 0, match.start() - len(before.lstrip())) + 1
        elif match[0] == "{":
            kinds.append("block")
        elif match[0] == "}" and kinds and kinds[-1] == "function":
            yield begin, bare.count("\n", 0, match.start()) + 2 - begin
        closed = kinds.pop() if match[0] == "}" and kinds else "value" if kinds[-1:] == ["value"] else ""
        head = head if closed == "value" else match.end()
