"""Where things end in HCL: texts with templates and quotes of their own inside, heredocs, brackets, comments."""

import re

from dicom_cdk.plan.reading.written_json import DEEPEST

SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_COMMENT = re.compile(r"#[^\n]*|//[^\n]*|/\*.*?\*/", re.DOTALL)
HEREDOC = re.compile(r"<<(?P<flush>-?)(?P<word>[\w-]+)[ \t\r]*\n")
_IN_TEXT = re.compile(r'[\\"\n$%]')
_IN_TEMPLATE = re.compile(r'["{}]')
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_OPENED = re.compile(r"[$%]\{")


class NotHcl(Exception):
    """The text is no HCL, at `line`, from 1."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


class Text:
    """A text of HCL; places in it are numbers of letters, from 0. What is wrong raises NotHcl."""

    def __init__(self, text: str) -> None:
        self.text = text

    def refused(self, at: int, why: str) -> NotHcl:
        """To be raised: `why`, at the line of `at`."""
        return NotHcl(self.text.count("\n", 0, at) + 1, why)

    def skipped(self, at: int, what: re.Pattern[str] = SPACE) -> int:
        """Behind blanks, and comments where `what` has them."""
        found = what.match(self.text, at)
        return found.end() if found else at

    def expression_end(self, at: int, ends: str) -> tuple[int, int]:
        """Where the expression ends, at one of `ends` outside brackets, texts and comments; and behind its last sign."""
        waiting: list[str] = []
        last = at
        while at < len(self.text):
            sign = self.text[at]
            if sign == '"':
                at = last = self.string_end(at, 0)
                continue
            heredoc = HEREDOC.match(self.text, at) if sign == "<" else None
            if heredoc:
                at = last = self.heredoc(heredoc)[1]
                continue
            if sign in "#/":
                comment = _COMMENT.match(self.text, at)
                if comment:
                    at = comment.end()
                    continue
            if not waiting and sign in ends:
                return at, last
            if sign in _CLOSING:
                waiting.append(_CLOSING[sign])
                if len(waiting) > DEEPEST:
                    raise self.refused(at, f"more than {DEEPEST} brackets within each other")
            elif sign in ")]}" and (not waiting or waiting.pop() != sign):
                raise self.refused(at, f"{sign} closes nothing")
            at += 1
            last = last if sign.isspace() else at
        if waiting:
            raise self.refused(at, f"{waiting[-1]} is missing")
        return at, last

    def string_end(self, at: int, depth: int) -> int:
        """Behind the closing quote; templates inside may have quotes of their own."""
        start = at
        if depth > DEEPEST:
            raise self.refused(at, f"more than {DEEPEST} texts within each other")
        at += 1
        while found := _IN_TEXT.search(self.text, at):
            sign, at = found[0], found.start()
            if sign == "\\":
                at += 2
            elif sign in "$%" and self.text[at : at + 3] in ("$${", "%%{"):
                at += 3
            elif sign in "$%" and self.text[at + 1 : at + 2] == "{":
                at = self.template_end(at + 2, depth + 1)
            elif sign == '"':
                return at + 1
            elif sign == "\n":
                break
            else:
                at += 1
        raise self.refused(start, "a text without its closing quote")

    def template_end(self, at: int, depth: int) -> int:
        open_ = 1
        while found := _IN_TEMPLATE.search(self.text, at):
            if found[0] == '"':
                at = self.string_end(found.start(), depth)
                continue
            open_ += 1 if found[0] == "{" else -1
            at = found.end()
            if open_ == 0:
                return at
        raise self.refused(len(self.text), "a template without its closing bracket")

    def heredoc(self, found: re.Match[str]) -> tuple[str, int]:
        """Its text, and where it ends."""
        last = re.compile(rf"^[ \t]*{re.escape(found['word'])}[ \t\r]*$", re.MULTILINE).search(self.text, found.end())
        if last is None:
            raise self.refused(found.start(), f"the text is not ended by {found['word']}")
        lines = self.text[found.end() : last.start()].split("\n")
        if found["flush"]:
            margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
            lines = [line[margin:] for line in lines]
        return "\n".join(lines), last.end()

    def closes(self, at: int) -> int:
        """Behind the bracket that closes the one at `at`."""
        return self.expression_end(at + 1, _CLOSING[self.text[at]])[0] + 1


def pieces(text: str) -> list[tuple[str, str]]:
    """The parts of a text: ("$", what stands inside `${…}`), ("%", inside `%{…}`) and ("", letters as they are).

    A broken template is letters.
    """
    reader, at, start = Text(text), 0, 0
    found: list[tuple[str, str]] = []
    while (opened := _OPENED.search(text, at)) is not None:
        at = opened.start()
        if text[max(at - 1, 0) : at] == text[at]:
            at += 2
            continue
        try:
            end = reader.template_end(at + 2, 0)
        except NotHcl:
            break
        if at > start:
            found.append(("", text[start:at]))
        found.append((text[at], text[at + 2 : end - 1]))
        at = start = end
    return [*found, ("", text[start:])] if start < len(text) or not text else found
