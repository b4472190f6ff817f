"""From YAML text to the tree, strictly: what could surprise is refused.

Refused although YAML has it: anchors, aliases and merge keys (`extends` does that work, visibly), type tags, several documents,
duplicate keys. Plain scalars keep their own text beside what YAML 1.1 makes of them, so that errors can show both.

Over 200 lines: one walk over a file's events, each refusal where it is met.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from dicom_cdk.settings.errors import Located, Path, Problem
from dicom_cdk.settings.quick_yaml import yaml
from dicom_cdk.settings.syntax import syntax_problem, text_problem
from dicom_cdk.settings.tree import UNREADABLE, Entries, Entry, Items, Node, Scalar

LONG = 20_000
"""Characters from which on libyaml reads a file, where PyYAML has it: a list of 500 devices takes PyYAML's own half a second."""
DEEPEST = 12
"""Levels of maps and lists; a site needs four."""


def compose(text: str, file: str, report: Callable[[Located], None]) -> Entries | None:
    """The root map of YAML text, or None with at least one problem reported."""
    if len(text) >= LONG and yaml.__with_libyaml__:
        # What libyaml refuses, PyYAML says: in the words that all files have.
        said: list[Located] = []
        with suppress(yaml.YAMLError):
            root = _Composer(text, file, said.append, yaml.CSafeLoader).composed()
            for one in said:
                report(one)
            return root
    return _Composer(text, file, report, yaml.SafeLoader).root()


class _TooDeep(Exception):
    def __init__(self, line: int) -> None:
        self.line = line


class _Composer:
    """Builds the tree from YAML events, reporting what is refused and going on where it can."""

    def __init__(self, text: str, file: str, report: Callable[[Located], None], kind: Any) -> None:
        """`kind`: PyYAML's loader, or libyaml's."""
        self._kind = kind
        self._text = text
        self._file = file
        self._report = report

    def root(self) -> Entries | None:
        try:
            return self.composed()
        except yaml.YAMLError as error:
            line, problem = syntax_problem(error, self._text)
            self._report(Located(self._file, line, problem))
            return None

    def composed(self) -> Entries | None:
        """Raises YAMLError for text that is no YAML."""
        try:
            # The constructor scans the whole text for characters that YAML forbids.
            self._loader: Any = self._kind(self._text)
            node = self._document()
        except _TooDeep as error:
            self._refuse(error.line, (), "is nested too deep", allowed=f"{DEEPEST} levels")
            return None
        if node is None or (isinstance(node, Scalar) and node.value is None and not node.quoted):
            least = "a site needs at least name, region, account_id and alarms.mail"
            self._refuse(1, (), "is empty", allowed="a map", do=least)
            return None
        if not isinstance(node, Entries):
            self._refuse(
                node.line,
                (),
                "is not a map",
                got="a list" if isinstance(node, Items) else "a single value",
                allowed="keys with values, such as name: dicom-sh",
            )
            return None
        return node

    def _document(self) -> Node | None:
        loader = self._loader
        loader.get_event()
        if loader.check_event(yaml.StreamEndEvent):
            return None
        loader.get_event()
        node = self._node((), 0)
        loader.get_event()
        if not loader.check_event(yaml.StreamEndEvent):
            line = loader.get_event().start_mark.line + 1
            self._refuse(
                line, (), "holds several documents", got="a second ---", allowed="one", do="write one file per site"
            )
        return node

    def _node(self, path: Path, depth: int) -> Node:
        event = self._loader.get_event()
        line = event.start_mark.line + 1
        if depth > DEEPEST:
            raise _TooDeep(line)
        # Names of anchors, aliases and tags are not printed: an unquoted password may start with & * or !.
        if isinstance(event, yaml.AliasEvent):
            self._refuse(
                line,
                path,
                "uses an alias (*)",
                allowed="the value itself",
                do="write the value out; what sites share belongs into a base file: extends: _base.yaml. "
                "A text that starts with * needs quotes",
            )
            return Scalar(self._file, line, "", UNREADABLE, False)
        if event.anchor is not None:
            self._refuse(
                line,
                path,
                "defines an anchor (&)",
                allowed="plain values",
                do="what sites share belongs into a base file: extends: _base.yaml. A text that starts with & needs quotes",
            )
        if event.tag is not None:
            self._refuse(
                line,
                path,
                "has a type tag (!)",
                allowed="plain values",
                do="remove the tag; put text into quotes",
            )
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, line, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._items(line, path, depth)
        return self._entries(line, path, depth)

    def _items(self, line: int, path: Path, depth: int) -> Items:
        items: list[Node] = []
        while not self._loader.check_event(yaml.SequenceEndEvent):
            items.append(self._node((*path, len(items)), depth + 1))
        self._loader.get_event()
        return Items(self._file, line, items)

    def _entries(self, line: int, path: Path, depth: int) -> Entries:
        entries: dict[str, Entry] = {}
        while not self._loader.check_event(yaml.MappingEndEvent):
            key = self._node(path, depth + 1)
            if not isinstance(key, Scalar):
                self._refuse(key.line, path, "has a key that is not a word", allowed="names as keys")
                self._node(path, depth + 1)
                continue
            if key.value is UNREADABLE:
                self._node(path, depth + 1)
                continue
            inside = (*path, key.text)
            node = self._node(inside, depth + 1)
            if key.text == "<<" and not key.quoted:
                self._refuse(
                    key.line,
                    path,
                    "uses a merge key (<<)",
                    allowed="keys of its own",
                    do="what sites share belongs into a base file: extends: _base.yaml",
                )
            elif not key.text:
                self._refuse(key.line, path, "has an empty key", allowed="a name before the colon")
            elif key.text in entries:
                self._refuse(
                    key.line,
                    inside,
                    "is written twice",
                    allowed="once",
                    do=f"the first is in line {entries[key.text].line}; remove one",
                )
            else:
                entries[key.text] = Entry(self._file, key.line, node)
        self._loader.get_event()
        return Entries(self._file, line, entries)

    def _scalar(self, event: yaml.ScalarEvent, line: int, path: Path) -> Scalar:
        text = event.value
        # libyaml calls a plain one "", PyYAML None.
        quoted = bool(event.style)
        problem = text_problem(text, path)
        if problem is not None:
            self._report(Located(self._file, line, problem))
        if problem is not None or event.tag is not None:
            return Scalar(self._file, line, text, UNREADABLE, quoted)
        return Scalar(self._file, line, text, text if quoted else self._plain(text), quoted)

    def _plain(self, text: str) -> Any:
        tag = self._loader.resolve(yaml.ScalarNode, text, (True, False))
        node = yaml.ScalarNode(tag, text)
        kind = tag.rpartition(":")[2]
        try:
            if kind == "null":
                return None
            if kind == "bool":
                return self._loader.construct_yaml_bool(node)
            if kind == "int":
                return self._loader.construct_yaml_int(node)
            if kind == "float":
                return self._loader.construct_yaml_float(node)
            if kind == "timestamp":
                return self._loader.construct_yaml_timestamp(node)
        except ValueError:
            # Such as the date 2026-02-30: text that merely looks like something else.
            return text
        return text

    def _refuse(self, line: int, path: Path, what: str, *, got: str = "", allowed: str = "", do: str = "") -> None:
        self._report(Located(self._file, line, Problem(path, what, got, allowed, do)))
