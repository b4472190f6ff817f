"""The shipped gateway, rendered as the image does it and run by the real NGINX on loopback.

Over 200 lines: one server, from the files of its image to its answers.
"""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.gateway_image import PLAIN
from dicom_cdk.rehearsal.checks import expect
from dicom_cdk.rehearsal.programs import ProgramMissing, need

FOLDER_IN_IMAGE, VIEWER_IN_IMAGE = "/etc/nginx/", "/opt/viewer"
NJS = Path("/usr/lib/nginx/modules/ngx_http_js_module.so")
"""NGINX's JavaScript, where Debian and the full image of NGINX have it."""


def rendered(template: str, environment: Mapping[str, str]) -> str:
    """`template` through the real envsubst, with the list of variables that exist, as the image's entry point does."""
    names = " ".join(f"${{{name}}}" for name in environment)
    done = subprocess.run(
        [need("envsubst", "gettext-base"), names],
        input=template,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        errors="replace",
        check=True,
    )
    return done.stdout


def _filled_in(
    texts: Mapping[str, str], environment: Mapping[str, str], folder: Path, viewer: Path | None
) -> dict[str, str]:
    """The templates of `texts`, by the names that they have then, with places of the image replaced by those here."""
    made = {}
    for name, template in texts.items():
        if name.endswith(".template"):
            text = rendered(template, environment)
            if viewer:
                text = text.replace(VIEWER_IN_IMAGE, str(viewer))
            made[name.removesuffix(".template")] = text.replace(FOLDER_IN_IMAGE, f"{folder}/")
    return made


@dataclass
class Answer:
    """Status, headers and body of one answer."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass
class Nginx:
    """A running NGINX with its own folder as prefix."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    @classmethod
    def start(
        cls,
        folder: Path,
        configuration: str,
        port: int | None,
        main: str | None = None,
        into: Sequence[str] = (),
        beside: Mapping[str, str] | None = None,
    ) -> "Nginx":
        """Writes the files (`main` is nginx.conf, ours without; `beside` lie in conf.d by name), lets `nginx -t` judge them,
        starts, and waits until it listens.

        `into` stands before the command; `port` is None when it listens where this process cannot look.
        """
        (folder / "conf.d").mkdir(parents=True)
        (folder / "nginx.conf").write_text(main or PLAIN.files().text("nginx.conf"))
        for name, content in {"default.conf": configuration, **(beside or {})}.items():
            (folder / "conf.d" / name).write_text(content)
        folder.chmod(0o755)
        command = [*into, need("nginx", "nginx"), "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]
        judged = subprocess.run([*command, "-t"], capture_output=True, text=True, errors="replace", check=False)
        assert judged.returncode == 0, judged.stderr
        # Workers read files beside the configuration, which lie in a folder of ours alone.
        user = " user root;" if beside and os.getuid() == 0 else ""
        with (folder / "stderr").open("wb") as stderr:
            process = subprocess.Popen(
                [*command, "-g", f"daemon off;{user}"], stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr
            )
        started = cls(folder, port or 0, process)
        for _ in range(3000):
            try:
                if port:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                # It listens before it writes this file.
                elif not (folder / "nginx.pid").read_text():
                    raise OSError("no process id yet")
                return started
            except OSError:
                assert process.poll() is None, (folder / "stderr").read_text()
                time.sleep(0.02)
        raise AssertionError(f"NGINX does not listen on {port}: {(folder / 'stderr').read_text()}")

    @classmethod
    def of_edition(
        cls,
        folder: Path,
        files: Bundle,
        environment: Mapping[str, str],
        port: int | None,
        *,
        viewer: Path | None = None,
        into: Sequence[str] = (),
    ) -> "Nginx":
        """NGINX of an image's `files`, filled in with `environment`, on loopback; `viewer` is what viewer.sh made."""
        texts = {file.path: files.text(file.path) for file in files.files}
        templates = _filled_in(texts, environment, folder, viewer)
        configuration = templates.pop("default.conf")
        return cls.start(folder, configuration, port, main=files.text("nginx.conf"), into=into, beside=templates)

    @classmethod
    def from_image(
        cls,
        files: Path,
        environment: Mapping[str, str],
        folder: Path,
        into: Sequence[str] = (),
        viewer: Path | None = None,
    ) -> "Nginx":
        """As the container starts: `files` of the image judge `environment`, then NGINX runs with it as its prefix `folder`.

        `viewer` is what viewer.sh made, for an image with one.

        Raises Expected with what the container says when it refuses to start.
        """
        folder.parent.mkdir(exist_ok=True)
        start = [*into, "env", "-i", f"DICOM_LOG={folder.parent / 'stdout'}", "PATH=/usr/bin:/bin"]
        start += [f"{name}={value}" for name, value in environment.items()]
        done = subprocess.run(
            [*start, "sh", str(files / "15-dicom-gateway.sh")],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        expect(done.returncode == 0, f"the container refuses to start: {done.stderr}")
        main = (files / "nginx.conf").read_text()
        if "load_module" in main and not NJS.exists():
            raise ProgramMissing(
                "NGINX's JavaScript is not installed: Debian package libnginx-mod-http-js; run tools/system-programs.sh as root"
            )
        texts = {path.name: path.read_text() for path in files.glob("*.template")}
        templates = _filled_in(texts, environment, folder, viewer)
        configuration = templates.pop("default.conf")
        return cls.start(folder, configuration, None, main=main, into=into, beside=templates)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    @property
    def log(self) -> str:
        return (self.folder / "access.log").read_text()

    def logged(self, count: int) -> list[dict[str, Any]]:
        """The log's lines, once there are `count`: NGINX writes a line after its answer."""
        for _ in range(3000):
            if len(self.log.splitlines()) >= count:
                break
            time.sleep(0.02)
        return [json.loads(line) for line in self.log.splitlines()]

    def temporary_files(self) -> set[str]:
        """Files in NGINX's folders for bodies that its workers hold open; their names are gone as soon as they are made."""
        held: set[str] = set()
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for descriptor in (link for worker in children for link in Path(f"/proc/{worker}/fd").iterdir()):
            with contextlib.suppress(OSError):
                held.add(str(descriptor.readlink()))
        return {path for path in held if path.startswith((f"{self.folder}/body", f"{self.folder}/proxy"))}

    def raw(self, sent: bytes, method: str = "GET") -> Answer:
        """The answer to exactly these bytes; `method` is what the answer's framing goes by."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(sent)
            return read_answer(connection, method)

    def ask(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
        """One request, the target exactly as given."""
        lines = {"Host": "whatever.example.org", **(headers or {})}
        if body:
            lines["Content-Length"] = str(len(body))
        head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return self.raw(head.encode("latin-1") + b"Connection: close\r\n\r\n" + body, method)


def read_answer(connection: socket.socket, method: str = "GET") -> Answer:
    """What the server says on `connection`."""
    response = http.client.HTTPResponse(connection, method=method)
    response.begin()
    return Answer(response.status, response.headers, response.read())
