"""Debian's Orthanc in place of the archive: DICOMweb at the archive's paths, C-STORE; in a network namespace.

It listens on every address whatever its settings say (facts: images 8), hence the namespace; NGINX and clients go in there too.
"""

import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from dicom_cdk.rehearsal.machines import namespaces

PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
AE = "/dcm4chee-arc/aets/DCM4CHEE"
PORT = 8042
Result = TypeVar("Result")


@dataclass
class Orthanc:
    """A running server; `inside` is how to reach it."""

    process: subprocess.Popen[bytes]

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        into: Sequence[str] = ("unshare", "-n"),
        port: int = PORT,
        path: str = AE,
        dicom_port: int | None = None,
        modalities: Mapping[str, tuple[str, int]] | None = None,
    ) -> "Orthanc":
        """Start on what `folder` holds from before; `into` stands before the command, `path` is what rs and wado are below.

        `modalities`: AE title → host and port of who may ask by C-FIND and C-MOVE, and gets what is moved.
        """
        settings = {
            "HttpPort": port,
            "RemoteAccessAllowed": True,  # it is alone in its namespace
            "AuthenticationEnabled": False,
            "DicomServerEnabled": dicom_port is not None,
            "DicomPort": dicom_port or 4242,
            "DicomAet": path.rpartition("/")[2],
            "DicomCheckCalledAet": True,
            "DicomModalities": {title: [title, *place] for title, place in (modalities or {}).items()},
            "StorageDirectory": str(folder / "storage"),
            "IndexDirectory": str(folder / "storage"),
            "Plugins": [str(PLUGIN)],
            "HttpThreadsCount": 8,
            "DicomWeb": {"Enable": True, "Root": f"{path}/rs/", "EnableWado": True, "WadoRoot": f"{path}/wado"},
        }
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "orthanc.json").write_text(json.dumps(settings))
        command = 'ip link set lo up && exec Orthanc "$1"'
        with (folder / "said").open("wb") as said:
            process = subprocess.Popen(
                [*into, "sh", "-c", command, "sh", str(folder / "orthanc.json")], stdout=said, stderr=said
            )
        started = cls(process)
        for _ in range(3000):
            assert process.poll() is None, (folder / "said").read_text()
            # By its own word: a port may answer before the plugin is loaded.
            if "Orthanc has started" in (folder / "said").read_text():
                return started
            time.sleep(0.02)
        raise AssertionError((folder / "said").read_text())

    def stop(self) -> None:
        # It needs three seconds to end by itself; what it has answered for is on the disk.
        self.process.kill()
        self.process.wait(20)

    @property
    def into(self) -> list[str]:
        """Before a command: runs it in the namespace."""
        return ["nsenter", f"--net=/proc/{self.process.pid}/ns/net"]

    def inside(self, call: Callable[[], Result]) -> Result:
        """`call` in a thread whose sockets are in the namespace."""
        return namespaces.inside(Path(f"/proc/{self.process.pid}/ns/net"), call)
