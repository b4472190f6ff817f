"""A network of the rehearsal's own: a namespace for each machine, with the site's own addresses, on one switch.

So scripts use the very addresses and ports of the site, and nothing leaves this machine. Needs root and iproute2.
"""

import os
import socket
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from dicom_cdk.rehearsal.machines import namespaces
from dicom_cdk.rehearsal.programs import ProgramMissing, need

Result = TypeVar("Result")
Opened = tuple[str, int, int]
"""IPv4 network, first and last TCP port."""
TCP = ("ipproto", "tcp", "dport")
SWITCH = "switch"
DROPPED_SECONDS = 0.7
"""Long enough for an answer on this machine."""


class Network:
    """Machines by name; ends with `end`, or with the block it is used in."""

    def __init__(self, name: str) -> None:
        """`name`: a few letters that no other namespace of this machine begins with."""
        if os.geteuid() != 0:
            raise ProgramMissing("network namespaces need root; run as root, or in a container where you are root")
        self._ip_program = need("ip", "iproute2")
        self._name = name
        self._machines: list[str] = []
        self._ip("netns", "add", self._namespace(SWITCH))
        self._inside(SWITCH, "link", "add", "br0", "type", "bridge")
        self._inside(SWITCH, "link", "set", "br0", "up")

    @property
    def machines(self) -> tuple[str, ...]:
        """Names of all machines."""
        return tuple(self._machines)

    def add(self, machine: str, *addresses: str) -> None:
        """A machine with these IPv4 addresses; it reaches all others directly."""
        self._ip("netns", "add", self._namespace(machine))
        self._machines.append(machine)
        port = f"p{len(self._machines)}"
        self._inside(
            SWITCH, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", self._namespace(machine)
        )
        self._inside(SWITCH, "link", "set", port, "master", "br0", "up")
        for command in (("link", "set", "lo", "up"), ("link", "set", "eth0", "up")):
            self._inside(machine, *command)
        for address in addresses:
            self.address(machine, address)
        self._inside(machine, "route", "add", "default", "dev", "eth0")

    def address(self, machine: str, address: str, *, remove: bool = False) -> None:
        """Give a machine one more address, or take it away: so a balancer's address moves."""
        self._inside(machine, "addr", "del" if remove else "add", f"{address}/32", "dev", "eth0")
        for other in self._machines:
            # A balancer's address does not move for its clients: they must not look for it where it was.
            self._inside(other, "neigh", "flush", "to", address)

    def cut(self, machine: str) -> None:
        """Pull the plug."""
        self._inside(SWITCH, "link", "set", f"p{self._machines.index(machine) + 1}", "down")

    def heal(self, machine: str) -> None:
        """Put the plug in again."""
        self._inside(SWITCH, "link", "set", f"p{self._machines.index(machine) + 1}", "up")

    def guard(self, machine: str, opened: Sequence[Opened]) -> None:
        """As a security group: of ports below 32768 only those of `opened` are reached, each from its network; the rest is
        dropped without a word. Answers to what the machine asks itself come to higher ports."""
        for number, (network, first, last) in enumerate(opened, 10):
            self._rule(machine, number, "from", network, *TCP, f"{first}-{last}", "lookup", "local")
        self._rule(machine, 5000, *TCP, "1-32767", "prohibit")
        self._inside(machine, "rule", "add", "pref", "5001", "lookup", "local")
        self._inside(machine, "rule", "del", "pref", "0")

    def unguard(self, machine: str) -> None:
        """Everything is reached again."""
        self._inside(machine, "rule", "add", "pref", "0", "lookup", "local")

    def forget(self, machine: str, port: int) -> None:
        """As a balancer that forgot a session: what `machine` and a peer's TCP port say goes nowhere, and neither is told."""
        self._inside(machine, "rule", "add", "pref", "5001", "lookup", "local")
        self._inside(
            machine, "rule", "add", "pref", "20", "iif", "eth0", "ipproto", "tcp", "sport", str(port), "blackhole"
        )
        self._inside(machine, "rule", "add", "pref", "21", "ipproto", "tcp", "dport", str(port), "blackhole")
        self._inside(machine, "rule", "del", "pref", "0")

    def remember(self, machine: str) -> None:
        """Ends `forget`."""
        self._inside(machine, "rule", "add", "pref", "0", "lookup", "local")
        for number in ("20", "21", "5001"):
            self._inside(machine, "rule", "del", "pref", number)

    def _rule(self, machine: str, number: int, *words: str) -> None:
        self._inside(machine, "rule", "add", "pref", str(number), "iif", "eth0", *words)

    def on(self, machine: str) -> list[str]:
        """Before a command: runs it on that machine."""
        return [self._ip_program, "netns", "exec", self._namespace(machine)]

    def inside(self, machine: str, call: Callable[[], Result]) -> Result:
        """`call` in a thread whose sockets are that machine's."""
        return namespaces.inside(Path(f"/run/netns/{self._namespace(machine)}"), call)

    def reaches(self, machine: str, address: str, port: int) -> bool:
        """Whether a connection from `machine` comes about; what is dropped says nothing, so it waits a moment only."""

        def connect() -> bool:
            try:
                socket.create_connection((address, port), timeout=DROPPED_SECONDS).close()
            except OSError:
                return False
            return True

        return self.inside(machine, connect)

    def end(self) -> None:
        """Ends every process on the machines, then the machines."""
        for machine in (*self._machines, SWITCH):
            name = self._namespace(machine)
            found = subprocess.run(
                [self._ip_program, "netns", "pids", name], capture_output=True, text=True, check=False
            )
            for process in found.stdout.split():
                with suppress(ProcessLookupError):
                    os.kill(int(process), 9)
            subprocess.run([self._ip_program, "netns", "del", name], capture_output=True, check=False)

    def __enter__(self) -> "Network":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def _namespace(self, machine: str) -> str:
        return f"{self._name}-{machine}"

    def _inside(self, machine: str, *arguments: str) -> None:
        self._ip("-n", self._namespace(machine), *arguments)

    def _ip(self, *arguments: str) -> None:
        _checked([self._ip_program, *arguments])


def _checked(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ProgramMissing(
            f"{' '.join(command[:6])} failed: {done.stderr.strip()}; network namespaces are needed, as on an ordinary Linux host"
        )
