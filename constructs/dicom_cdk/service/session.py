"""Stacks to files without cdktf's preparing pass, which resolves every value once more and is a third of what Node does."""

from collections.abc import Sequence
from pathlib import Path

import jsii
from cdktf import App, ISynthesisSession, Manifest, TerraformStack


@jsii.implements(ISynthesisSession)
class _Session:
    """What cdktf asks while it writes a stack."""

    def __init__(self, app: App, folder: Path) -> None:
        self._app, self._folder = app, folder

    @property
    def manifest(self) -> Manifest:
        return self._app.manifest

    @property
    def outdir(self) -> str:
        return str(self._folder)

    @property
    def skip_validation(self) -> bool:
        return False


def write(app: App, stacks: Sequence[TerraformStack], folder: Path) -> None:
    """Validate and write `stacks`, all that `app` has, into `folder`, the app's own: the files of ``app.synth()``, byte for byte.

    For stacks of which each has a backend and none refers to another: those two are what the preparing pass is for. An app of
    your own may hold any stacks and is synthesized by ``synth_app``. Raises RuntimeError for what cdktf refuses.
    """
    session = _Session(app, folder)
    for stack in stacks:
        stack.synthesizer.synthesize(session)
    app.manifest.write_to_file()
