"""A page that no debugger looks into: what is asked of it, and what it answers."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks import unwatched_page
from benchmarks.unwatched_page import UnwatchedPage


class Session:
    """Chromium's protocol: a page that says `values`, one an evaluation; None where it changes under it. Answers come late."""

    def __init__(self, *values: object) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self._values, self._late = list(values), list[dict[str, Any]]()

    def on(self, _: str, hear: Callable[[dict[str, Any]], None]) -> None:
        self._hear = hear

    def send(self, method: str, given: dict[str, Any] | None = None) -> dict[str, Any]:
        self.sent.append((method, given or {}))
        if method == "Target.sendMessageToTarget":
            assert given is not None
            asked = json.loads(given["message"])
            self.sent.append((asked["method"], asked["params"]))
            answer: dict[str, Any] = {"id": asked["id"], "result": {}}
            if asked["method"] == "Runtime.evaluate" and (value := self._values.pop(0)) is not None:
                answer["result"] = {"result": {"value": value}}
            for page, said in (("other", {**answer, "result": {}}), ("page", {"method": "an event"}), ("page", answer)):
                self._late.append({"sessionId": page, "message": json.dumps(said)})
        if method == "Browser.getVersion" and self._late:
            self._hear(self._late.pop(0))
        names = {"createBrowserContext": "browserContextId", "createTarget": "targetId", "attachToTarget": "sessionId"}
        return {names.get(method.partition(".")[2], ""): "page"}

    def detach(self) -> None:
        self.sent.append(("detach", {}))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unwatched_page, "POLL_SECONDS", 0)


def test_a_page_is_asked_until_it_says_what_is_expected_also_while_it_changes() -> None:
    session = Session(False, None, "seen")
    page = UnwatchedPage(session, {"width": 640, "height": 480})
    page.go("https://pacs.example.com/")
    assert page.until("(x) => x", [0, "a"], "seen", "also") >= 0
    page.close()
    evaluated = {"expression": '((x) => x)([0, "a"])', "returnByValue": True, "awaitPromise": True}
    assert [given for method, given in session.sent if method == "Runtime.evaluate"] == [evaluated] * 3
    assert ("Page.navigate", {"url": "https://pacs.example.com/"}) in session.sent
    assert session.sent[-2:] == [("Target.disposeBrowserContext", {"browserContextId": "page"}), ("detach", {})]


def test_no_domain_of_the_debugger_is_switched_on() -> None:
    session = Session(True)
    UnwatchedPage(session, {}).until("() => true", None, True)
    assert not [method for method, _ in session.sent if method.endswith(".enable")]


def test_a_page_that_never_says_it_is_told_with_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unwatched_page, "PATIENCE_SECONDS", -1)
    page = UnwatchedPage(Session("nothing", "no study"), {})
    with pytest.raises(RuntimeError, match=r"^expected is \('seen',\), found 'nothing'; the page says no study$"):
        page.until("() => 1", None, "seen")
