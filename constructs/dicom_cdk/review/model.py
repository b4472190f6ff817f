"""What a review says of one stack; reports turn it into text."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dicom_cdk.plan.addresses import kind
from dicom_cdk.review.before_after.payload_changes import FileChange
from dicom_cdk.review.before_after.values import Difference
from dicom_cdk.review.loss.data_loss import Loss

STEP_TYPES = ("alicloud_ecs_command", "alicloud_ecs_invocation")


@dataclass(frozen=True)
class Change:
    """What happens to one resource. `action`: create, update, replace, destroy, import or forget; `forced_by`: arguments that
    force a replacement; `held`: prevent_destroy makes Terraform refuse it; `unprotected`: protections that are switched off;
    `came_from`: the address before, of what is moved; `imported`: it comes from the account first;
    `comes_back`: the address under which what leaves the state is imported again."""

    address: str
    room: str
    action: str
    forced_by: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    held: bool = False
    unprotected: tuple[str, ...] = ()
    came_from: str = ""
    imported: bool = False
    comes_back: str = ""

    @property
    def step(self) -> bool:
        """A host step that runs again, or for the first time."""
        return kind(self.address) in STEP_TYPES


@dataclass(frozen=True)
class StackReview:
    """One stack. `presence`: both, added or removed. `problems`: why no plan could be made; `unprotected`: what stopped a destroy
    by mistake and does no more, by address; `upgrades`: the way to another release of the archive, its steps indented;
    `receiving`: another way of images into the bucket; `locks`: on buckets, that nobody takes back; `unknown`: what nobody looked
    into, and rules whose answer hangs on a value that no fact proves; `twice`: objects of the account at two addresses."""

    name: str
    presence: str = "both"
    changes: tuple[Change, ...] = ()
    files: tuple[FileChange, ...] = ()
    exposure: tuple[str, ...] = ()
    unfiltered: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    findings_new: tuple[str, ...] = ()
    findings_gone: tuple[str, ...] = ()
    waivers_new: tuple[str, ...] = ()
    waivers_expiring: tuple[str, ...] = ()
    outputs: tuple[Difference, ...] = ()
    providers: tuple[Difference, ...] = ()
    settings: tuple[Difference, ...] = ()
    moves: Mapping[str, str] = field(default_factory=dict)
    losses: tuple[Loss, ...] = ()
    problems: tuple[str, ...] = ()
    unprotected: tuple[str, ...] = ()
    upgrades: tuple[str, ...] = ()
    receiving: tuple[str, ...] = ()
    locks: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    policies_judged: bool = True

    @property
    def unchanged(self) -> bool:
        return self == StackReview(
            self.name,
            policies_judged=self.policies_judged,
            waivers_expiring=self.waivers_expiring,
            unknown=self.unknown,
        )
