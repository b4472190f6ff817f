"""What whoever applies a stack may do, and no more: RAM policies computed from the types in it (provider/actions.json).

The actions are a superset of the provider's calls, found by reading its source; no name was tested against RAM. Those that are not
sure are named in the comment file. Resources are narrowed where the stack says the name and RAM takes it (OSS, SLS, RAM, KMS
secrets, Function Compute, DNS); ids of the rest are only known after apply.

Over 200 lines: grants, their narrowing and packing are one computation.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dicom_cdk.markdown import code, plain
from dicom_cdk.offline.versions import choice
from dicom_cdk.offline.versions.store import store_of
from dicom_cdk.plan.addresses import kind as kind_of
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state import told
from dicom_cdk.policy.document import Document, of_stack

Json = dict[str, Any]
LARGEST = 6144
"""Letters of one RAM policy."""
ANY = "*"
STATE = {
    "oss:GetObject", "oss:PutObject", "oss:DeleteObject", "oss:ListObjects", "oss:GetBucketInfo", "ots:GetRow", "ots:PutRow",
    "ots:DeleteRow", "ots:DescribeTable", "ots:ListTable",
}  # fmt: skip
"""What Terraform's backend of OSS and Tablestore calls."""
ACCOUNT_WIDE = re.compile(
    r"oss:ListBuckets|ram:(ListUsers|CreateServiceLinkedRole|[A-Z]\w*ResourceGroups?)|log:ListProject"
    r"|kms:(?!\w*Secret)\w+|fc:(GetAccountSettings|List\w+|ChangeResourceGroup|(Unt|T)agResources)|\w+:ListTagResources"
)
"""Actions of narrowed services that RAM does not judge by one resource's name."""


@dataclass(frozen=True)
class Grant:
    """One action: which types need it, whether its name is sure, and what is to be known of it."""

    action: str
    types: tuple[str, ...]
    mark: str = ""
    note: str = ""


def grants(stack: Stack) -> list[Grant]:
    """Every action that applying, changing and destroying the stack may need, in order."""
    known = _actions(stack)
    needed: dict[str, set[str]] = {}
    notes: dict[str, tuple[str, str]] = {}

    def need(kind: str, actions: Iterable[str]) -> None:
        for action in actions:
            needed.setdefault(action, set()).add(kind)

    for kind in sorted(modules.types(stack)["managed"]):
        for actions in known.get(kind, {}).values():
            need(kind, actions)
        for extra in known["extra"].get(kind, []):
            need(kind, [extra["action"]])
            notes[extra["action"]] = (extra["mark"], f"checked by the cloud when {extra['when']}")
    for kind in sorted(_leaving(stack) - modules.types(stack)["managed"]):
        need(kind, (action for step in ("read", "delete") for action in known.get(kind, {}).get(step, ())))
    for kind in sorted(modules.types(stack)["data"]):
        for actions in known.get(f"data.{kind}", {}).values():
            need(f"data.{kind}", actions)
    for extra in known["provider"]:
        if "needs no permission" not in extra["when"] and extra["action"] != "sts:AssumeRole":
            need("the provider itself", [extra["action"]])
            notes.setdefault(extra["action"], (extra["mark"], extra["when"]))
    if "oss" in stack.document.get("terraform", {}).get("backend", {}):
        need("state", STATE)
    marks = known["marks"]
    return [
        Grant(action, tuple(sorted(kinds)), *_marked(action, kinds, marks, notes))
        for action, kinds in sorted(needed.items())
    ]


def unknown_types(stack: Stack) -> list[str]:
    """Types of the provider whose calls are not recorded: their actions have to be found by hand."""
    known = _actions(stack)
    types = [
        *(modules.types(stack)["managed"] | _leaving(stack)),
        *(f"data.{kind}" for kind in modules.types(stack)["data"]),
    ]
    return sorted(kind for kind in types if kind.removeprefix("data.").startswith("alicloud_") and kind not in known)


def policies(stack: Stack) -> list[Json]:
    """RAM policy documents, each small enough for RAM; services are not torn apart where they fit into one."""
    document = of_stack(stack)
    names = _names(document, stack)
    statements: list[Json] = []
    by_service: dict[str, list[str]] = {}
    for grant in grants(stack):
        by_service.setdefault(grant.action.partition(":")[0], []).append(grant.action)
    for service, actions in sorted(by_service.items()):
        wide = [action for action in actions if service not in names or ACCOUNT_WIDE.fullmatch(action)]
        passing = [action for action in actions if action == "ram:PassRole" and names.get("roles")]
        narrow = [action for action in actions if action not in wide and action not in passing]
        statements += [
            *_statements(narrow, names.get(service, [])), *_statements(passing, names.get("roles", [])), *_statements(wide, [ANY]),
        ]  # fmt: skip
    return list(_packed(statements))


def comments(stack: Stack) -> str:
    """The comment file: every action with the types that need it; unsure ones first."""
    found = grants(stack)
    unsure = [grant for grant in found if grant.mark == "unsure"]
    lines = [
        f"# What the deployer of {plain(stack.name)} may do",
        "",
        "Computed from the types in the stack: everything that the provider may call to create, read, change and destroy them.",
        "No name was tested against RAM: apply in a test account first. A refused call names its action; add it, and tell us.",
        "Attach all `deployer-policy-*.json` to one RAM user or role. After the first apply a smaller set is enough for plans: the",
        "actions that begin with Describe, Get, List and Query.",
        "",
    ]
    missing = unknown_types(stack)
    if missing:
        lines += [
            "Not in it, because the calls of these types are not recorded: " + ", ".join(map(plain, missing)) + ".",
            "",
        ]
    gone = unknown_modules(stack)
    if gone:
        lines += [
            "Not in it, because the stack destroys them and does not say what stands in them: "
            + ", ".join(map(code, gone))
            + ".",
            "The plan of your account lists what goes; grant the Delete actions of these types, by their names, for that apply.",
            "",
        ]
    lines += [f"## Unsure ({len(unsure)})", ""]
    lines += [_told(grant) for grant in unsure] or ["None."]
    lines += ["", f"## All actions ({len(found)})", "", "| action | for |", "| --- | --- |"]
    lines += [f"| {grant.action} | {', '.join(grant.types)} |" for grant in found]
    return "\n".join(lines) + "\n"


def _told(grant: Grant) -> str:
    return f"- `{grant.action}` ({', '.join(grant.types)}): {grant.note}"


def _marked(
    action: str, kinds: set[str], marks: Mapping[str, Json], notes: Mapping[str, tuple[str, str]]
) -> tuple[str, str]:
    if action in marks:
        return marks[action]["mark"], marks[action]["note"]
    if kinds == {"state"}:
        return "unsure", "what the backend of OSS and Tablestore calls, from its documentation"
    return notes.get(action, ("", ""))


def _leaving(stack: Stack) -> set[str]:
    """Types of what the stack itself says it destroys, whose names it does not say."""
    return {kind_of(address) for address in told.destroyed(stack)} - {""}


def unknown_modules(stack: Stack) -> list[str]:
    """Modules that the stack itself says it destroys: what stands in them it does not say."""
    return sorted(address for address in told.destroyed(stack) if not kind_of(address))


def _actions(stack: Stack) -> Json:
    """actions.json of the provider release that the stack asks for."""
    return store_of(choice.of(stack.document).release).actions()


def _names(document: Document, stack: Stack) -> dict[str, list[str]]:
    """Service → ARNs of everything of it in the stack; services with a name that only the cloud knows are left out."""
    region, account = (str(stack.provider.get(key, ANY)) for key in ("region", "account_id"))
    found: dict[str, list[str]] = {}
    leaving = _leaving(stack)
    unknown = {service for service, kind, *_ in NAMED if kind in leaving}
    for service, kind, argument, patterns in NAMED:
        for one in document.of(kind):
            name = document.resolved(one).get(argument)
            if not isinstance(name, str) or "${" in name:
                unknown.add(service)
                continue
            found.setdefault(service, []).extend(
                pattern.format(region=region, account=account, name=name) for pattern in patterns
            )
    for one in document.of("alicloud_ram_role_policy_attachment", "alicloud_ram_user_policy_attachment"):
        if document.resolved(one).get("policy_type") == "System":
            found.setdefault("ram", []).append(f"acs:ram:*:system:policy/{document.resolved(one).get('policy_name')}")
    found["roles"] = [arn for arn in found.get("ram", []) if ":role/" in arn]
    return {service: sorted(set(arns)) for service, arns in found.items() if service not in unknown and arns}


NAMED = (
    ("oss", "alicloud_oss_bucket", "bucket", ("acs:oss:*:{account}:{name}", "acs:oss:*:{account}:{name}/*")),
    ("log", "alicloud_log_project", "project_name",
     ("acs:log:{region}:{account}:project/{name}", "acs:log:{region}:{account}:project/{name}/*")),
    ("ram", "alicloud_ram_role", "role_name", ("acs:ram:*:{account}:role/{name}",)),
    ("ram", "alicloud_ram_policy", "policy_name", ("acs:ram:*:{account}:policy/{name}",)),
    ("ram", "alicloud_ram_user", "name", ("acs:ram:*:{account}:user/{name}",)),
    ("kms", "alicloud_kms_secret", "secret_name", ("acs:kms:{region}:{account}:secret/{name}",)),
    ("fc", "alicloud_fcv3_function", "function_name",
     ("acs:fc:{region}:{account}:functions/{name}", "acs:fc:{region}:{account}:functions/{name}/*")),
    ("fc", "alicloud_fcv3_custom_domain", "custom_domain_name", ("acs:fc:{region}:{account}:custom-domains/{name}",)),
    ("alidns", "alicloud_alidns_record", "domain_name", ("acs:alidns:*:{account}:domain/{name}",)),
)  # fmt: skip
"""Service, type, argument with the name, ARNs. Tags of RAM and KMS follow their resource."""


def _statements(actions: list[str], resources: list[str]) -> Iterator[Json]:
    if actions and resources:
        yield {"Effect": "Allow", "Action": actions, "Resource": resources}


def _packed(statements: Iterable[Json]) -> Iterator[Json]:
    gathered: list[Json] = []
    for statement in (part for whole in statements for part in _split(whole)):
        if gathered and len(text(_policy([*gathered, statement]))) > LARGEST:
            yield _policy(gathered)
            gathered = []
        gathered.append(statement)
    if gathered:
        yield _policy(gathered)


def _split(statement: Json) -> Iterator[Json]:
    """In halves while it is too large for one policy; what is left too large has too many names for RAM and gets any."""
    if len(text(_policy([statement]))) <= LARGEST:
        yield statement
    elif len(statement["Action"]) > 1:
        middle = len(statement["Action"]) // 2
        for part in (statement["Action"][:middle], statement["Action"][middle:]):
            yield from _split({**statement, "Action": part})
    else:
        yield {**statement, "Resource": [ANY]}


def _policy(statements: list[Json]) -> Json:
    return {"Version": "1", "Statement": statements}


def text(policy: Json) -> str:
    """As RAM counts it: without a blank that it does not need."""
    return json.dumps(policy, separators=(",", ":"))
