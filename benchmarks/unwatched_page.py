"""A page as a person has it: asked what it shows, and else left alone.

Playwright keeps a debugger (Chromium's domains Runtime and Network) in every page of its own. For it V8 says where in its source
each call and each error of OHIF's 17 MB stands, and parses them anew for that: half a second that no person waits for. It leaves
pages alone that lie in contexts of others, and asking one by Runtime.evaluate switches nothing on.
"""

import itertools
import json
import time
from collections.abc import Mapping
from typing import Any

PATIENCE_SECONDS = 240
POLL_SECONDS = 0.05


class UnwatchedPage:
    """One page of one person with an empty cache; `session`: Chromium's own protocol, `size`: of the window."""

    def __init__(self, session: Any, size: Mapping[str, int]) -> None:
        self._session, self._numbers = session, itertools.count(1)
        self._answers: dict[int, dict[str, Any]] = {}
        session.on("Target.receivedMessageFromTarget", self._hear)
        self._context = session.send("Target.createBrowserContext")["browserContextId"]
        where = {"url": "about:blank", "browserContextId": self._context, **size}
        target = session.send("Target.createTarget", where)["targetId"]
        self._page = session.send("Target.attachToTarget", {"targetId": target, "flatten": False})["sessionId"]

    def close(self) -> None:
        """With all that it has kept."""
        self._session.send("Target.disposeBrowserContext", {"browserContextId": self._context})
        self._session.detach()

    def go(self, address: str) -> None:
        self._asked("Page.navigate", {"url": address})

    def until(self, script: str, given: object, *expected: object) -> float:
        """Seconds until the function `script` says one of `expected` of `given`. Raises RuntimeError with what it says instead."""
        began = time.perf_counter()
        while (found := self._evaluated(script, given)) not in expected:
            if time.perf_counter() - began > PATIENCE_SECONDS:
                page = self._evaluated("() => document.body.innerText", None)
                raise RuntimeError(f"expected is {expected}, found {found!r}; the page says {str(page)[:300]}")
            time.sleep(POLL_SECONDS)
        return time.perf_counter() - began

    def _evaluated(self, script: str, given: object) -> object:
        """None where the page changes under it."""
        asked = {"expression": f"({script})({json.dumps(given)})", "returnByValue": True, "awaitPromise": True}
        return self._asked("Runtime.evaluate", asked).get("result", {}).get("result", {}).get("value")

    def _asked(self, method: str, parameters: Mapping[str, object]) -> dict[str, Any]:
        message = {"id": next(self._numbers), "method": method, "params": parameters}
        self._session.send("Target.sendMessageToTarget", {"sessionId": self._page, "message": json.dumps(message)})
        while message["id"] not in self._answers:
            time.sleep(POLL_SECONDS / 10)
            # Playwright hands over what came while it waits for an answer of its own.
            self._session.send("Browser.getVersion")
        return self._answers.pop(message["id"])

    def _hear(self, event: Mapping[str, Any]) -> None:
        if event["sessionId"] == self._page and "id" in (said := json.loads(event["message"])):
            self._answers[said["id"]] = said
