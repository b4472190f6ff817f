"""Patterns of Go (RE2) as Python has them."""

import functools
import re


def go_pattern(pattern: str) -> re.Pattern[str]:
    """A Go RE2 pattern as a Python one: `$` and `\\z` are the very end. Raises ValueError where Python cannot take it."""
    return _go_pattern(pattern)


@functools.cache
def _go_pattern(pattern: str) -> re.Pattern[str]:
    out, at, in_class = [], 0, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\" and at + 1 < len(pattern):
            pair = pattern[at : at + 2]
            if pair == "\\z":
                pair = "\\Z"
            elif pair == "\\p" and pattern.startswith("{Han}", at + 2):
                pair = "\\u4e00-\\u9fff" if in_class else "[\\u4e00-\\u9fff]"
                at += 5
            elif pair == "\\p" and pattern.startswith("{L}", at + 2) and not in_class:
                pair, at = "[^\\W\\d_]", at + 3
            elif pair == "\\x" and pattern.startswith("{", at + 2):
                end = pattern.index("}", at)
                pair, at = re.escape(chr(int(pattern[at + 3 : end], 16))), end - 1
            elif pair == "\\Q":
                end = pattern.find("\\E", at)
                end = len(pattern) if end < 0 else end
                pair, at = re.escape(pattern[at + 2 : end]), end
            out.append(pair)
            at += 2
            continue
        if in_class:
            if char == "[" and pattern.startswith("[:", at):
                end = pattern.index(":]", at)
                out.append(_POSIX[pattern[at + 2 : end]])
                at = end + 2
                continue
            in_class = char != "]" or (pattern[at - 1] in "[^" and pattern[max(at - 2, 0) : at] in ("[", "[^"))
            # A hyphen behind a class of Perl's is itself.
            literal = char == "[" or (char == "-" and re.search(r"\\[dswDSW]$", "".join(out[-1:])))
            out.append(f"\\{char}" if literal else char)
        elif char == "[":
            in_class = True
            out.append(char)
            if pattern.startswith("^", at + 1):
                out.append("^")
                at += 1
        elif char == "^" and pattern[at + 1 : at + 2] in ("*", "+", "?"):
            # Python repeats no place.
            out.append("(?:^)")
        elif char == "$":
            out.append("\\Z")
        else:
            out.append(char)
        at += 1
    text = "".join(out)
    try:
        # Perl classes are ASCII in RE2; the rest of the text may be anything.
        return re.compile(text, re.ASCII)
    except re.error as error:
        raise ValueError(f"pattern {pattern!r} cannot be taken over from Go: {error}") from None


_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "digit": "0-9",
    "lower": "a-z",
    "upper": "A-Z",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}


def is_re2(text: str) -> bool:
    """Whether `text` is a pattern that RE2 takes."""
    if re.search(r"\(\?(<?[=!]|\()|\\[1-9]", text):
        return False  # look-around and back references do not exist in RE2
    try:
        _go_pattern.__wrapped__(text)
    except (ValueError, KeyError):
        return False
    return True
