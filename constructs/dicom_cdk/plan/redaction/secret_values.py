"""What may be secret, decided once for every command: by the provider's marks, by names, by how a text looks.

Whoever shows a value asks here; nobody keeps a list of his own.

Over 200 lines: one decision; whoever cuts it keeps two lists of what is secret.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from dicom_cdk.offline.store import Mode, shipped_store
from dicom_cdk.offline.versions.store import others
from dicom_cdk.payload.secrets_scan import findings
from dicom_cdk.plan.addresses import kind as kind_of
from dicom_cdk.plan.reading.expressions import Names, evaluated
from dicom_cdk.plan.reading.stated import Decided, stated
from dicom_cdk.plan.reading.written_json import is_open, read_json

REDACTED = "(redacted)"
UNMARKED = {
    "alicloud_ecs_invocation": ("parameters",),
    "alicloud_sae_application": ("envs",),
    "alicloud_fcv3_function": ("environment_variables",),
    "alicloud_fcv2_function": ("environment_variables",),
    "alicloud_fc_function": ("environment_variables",),
    "alicloud_edas_k8s_application": ("envs",),
    "alicloud_eflo_invocation": ("parameters",),
    "alicloud_oos_execution": ("parameters",),
    "alicloud_cdn_domain": ("auth_config.master_key", "auth_config.slave_key"),
    "alicloud_db_instance": ("server_key", "client_ca_cert", "server_cert"),
    "alicloud_db_account": ("account_password", "password"),
    "alicloud_ram_access_key": ("secret", "encrypted_secret"),
    "alicloud_cr_ee_instance": ("password",),
    "alicloud_fcv3_custom_domain": ("cert_config",),
    "random_password": ("result", "bcrypt_hash"),
    "random_id": ("b64_std", "b64_url", "dec", "hex"),
    "tls_private_key": ("private_key_openssh", "private_key_pem", "private_key_pem_pkcs8"),
}
"""Type to attributes that may carry secrets though the provider does not mark them."""
SAID_BY_ID = frozenset({"random_password", "random_bytes", "random_id"})
"""Types that are imported by what they hold: the id is the secret."""
CARRIERS = frozenset({"user_data", "userdata", "pre_user_data", "command_content", "secret_data"})
"""Arguments of any type that carry files or secrets as one text."""
SECRET_NAME = re.compile(
    r"(?:^|[_\-.]|(?-i:(?<=[a-z0-9])(?=[A-Z])))(?:pass|passwd|\w*password|passphrase|pwd|psk|secrets?|secret_?data|secret_?string|tokens?|private_?key"
    r"|access_?keys?(?:_?secret)?|secret_?(?:access_?)?key|api_?keys?|credentials?|key_pem|conn_str"
    r"|(?:auth|client|server|trust)_?key|keytab|kube_?config|jdbc_connection_string|\w*download_url"
    r"|(?:\w+_)?web_?hooks?(?:_?ur[il]s?)?)$",
    re.IGNORECASE,
)
"""Names of arguments, variables and environment entries whose values are never said."""
HARMLESS = frozenset({"http_tokens"})
"""Arguments whose names say secret and whose values are one of a few words."""
SHORTEST = 6
"""Letters of a secret that is looked for in other texts; shorter ones are words that stand anywhere."""
_VALUE = re.compile(r"(.*?)(?:value|Value|VALUE)")
_OF_EACH = re.compile(r"each\.value(?:\.|\[\")(?P<name>[\w-]+)")
_REFERENCE = re.compile(r"\$\{\w+(?:\.[\w-]+|\[[^\]\"]*\])+\}")
_WORDS = r"(?:password|passwd|passphrase|pwd|secrets?|tokens?|access-?key(?:-?secret)?|api-?key|credentials?)"
_LITERAL = re.compile(r'"((?:[^"\\$%]|\\.|%[^{])*)"')
_DIRECTIVE = re.compile(r"%\{[^{}%]*\}")
_VERB = re.compile(r"%[-+ 0#]*\d*(?:\.\d+)?[a-zA-Z]")
_ENCODED = re.compile(
    r"(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{4}){3,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?(?![A-Za-z0-9+/=])"
)
LONGEST_ENCODED = 10_000
"""Letters of a text in which base64 is read; payloads have arguments of their own."""
_OPTION = re.compile(rf"^-{{1,2}}[\w.-]*{_WORDS}$", re.IGNORECASE)
_SPOKEN = re.compile(
    rf"(?:(?<![\w.-])-{{1,2}}[\w.-]*{_WORDS}[ =]+"
    rf"|\b(?:password|passwd|passphrase|pwd|token)(?: is |\s*[:=]\s*))(?![$<%{{(\[-])\S{{4,}}",
    re.IGNORECASE,
)

Json = dict[str, Any]


def is_secret(key: str, beside: Mapping[str, Any]) -> bool:
    """By the key's name, or as the value of a named entry: ``{name: DB_PASSWORD, value: …}``, ``{parameter_key: …``."""
    secret, before = _by_name(key)
    if before is None:
        return secret
    names = [beside.get(f"{before}{name}") for name in ("name", "key", "Name", "Key")]
    return any(isinstance(name, str) and SECRET_NAME.search(name) for name in names)


@lru_cache(10_000)
def _by_name(key: str) -> tuple[bool, str | None]:
    """Whether a key's name says it; for the value of a named entry what stands before the word. A plan has few names, often."""
    if key in HARMLESS:
        return False, None
    if key in CARRIERS or SECRET_NAME.search(key):
        return True, None
    said = _VALUE.fullmatch(key)
    return False, said[1] if said else None


def is_marked(body: Mapping[str, Any]) -> bool:
    """Whether a variable or output is sensitive, or ephemeral: what no state may hold is shown nowhere either."""
    return bool(body.get("sensitive") or body.get("ephemeral"))


@cache
def hidden(kind: str, mode: Mode = "managed") -> frozenset[str]:
    """Dotted paths of arguments that the provider marks as sensitive, or should."""
    # What any release marks is secret: a value must not show because the facts are of another one.
    stores = [shipped_store(), *(one for one in others() if one.differs(mode, kind))] if kind else []
    known = [facts for one in stores if (facts := one.find(mode, kind))]
    marked = {path for facts in known for path in _marked(facts.schema.get("block", {}), "")}
    if mode == "data":
        marked.update(path for facts in known for path in _of_resource(kind, facts.schema.get("block", {})))
    return frozenset({*marked, *UNMARKED.get(kind, ())})


def clean(value: Any, paths: frozenset[str] = frozenset(), path: str = "") -> Any:
    """A copy of a value with everything replaced that is secret by one of `paths`, by name, or by its look."""
    if isinstance(value, dict):
        return {
            name: _part(name, part, value, paths, f"{path}.{name}" if path else name) for name, part in value.items()
        }
    if isinstance(value, list):
        before = [None, *value]
        return [
            REDACTED if isinstance(option, str) and _OPTION.match(option) else clean(part, paths, path)
            for option, part in zip(before, value, strict=False)
        ]
    return _text(value) if isinstance(value, str) else value


def literals(document: Mapping[str, Any]) -> frozenset[str]:
    """Texts at the secret places of a stack's document, to keep them out of what other programs say of it."""
    found: set[str] = set()
    names = Decided(stated(dict(document)))
    variables = document.get("variable")
    for name, written in variables.items() if isinstance(variables, dict) else ():
        for body in _bodies({name: written}):
            default = body.get("default")
            found.update(_text_alone(default) if is_marked(body) else _secret_texts({name: default}, frozenset()))
    for body in _bodies(document.get("output")):
        if is_marked(body):
            found.update(_text_alone(body.get("value")))
    sections: tuple[tuple[str, Mode], ...] = (("resource", "managed"), ("data", "data"))
    for section, mode in sections:
        for kind, named in (document.get(section) or {}).items():
            for body in _bodies(named):
                found.update(_secret_texts(body, hidden(kind, mode)))
    for part in ("provider", "locals", "module"):
        found.update(_secret_texts(document.get(part) or {}, frozenset()))
    found.update(text for texts in ids(document).values() for text in texts)
    # What is put together, or comes by way of a local or a default, is looked for as it comes to.
    return frozenset(
        text for one in found for text in (one, evaluated(one, names)) if isinstance(text, str) and _tells(text)
    )


def ids(document: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Address that an `import` block names → the ids that it says, as they come to, of types whose id is the secret."""
    names = Decided(stated(dict(document)))
    blocks = document.get("import") or []
    return {
        str(one["to"]): frozenset(
            text for said in _imported(one, names) if isinstance(text := evaluated(said, names), str) and _tells(text)
        )
        for one in (blocks if isinstance(blocks, list) else [blocks])
        if isinstance(one, dict) and kind_of(str(one.get("to")).removeprefix("${")) in SAID_BY_ID
    }


def _imported(block: Json, names: Decided) -> Iterator[str]:
    """Ids of an `import` block, by way of its `for_each` too."""
    said = str(block.get("id"))
    yield said
    each, key = evaluated(block.get("for_each"), names), _OF_EACH.search(said)
    for value in each.values() if isinstance(each, dict) else each if isinstance(each, list) else ():
        of_key = value.get(key["name"]) if isinstance(value, dict) and key else value
        if isinstance(of_key, str):
            yield of_key


def ephemerals(documents: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Defaults of ephemeral variables."""
    bodies = (body for one in documents for body in _bodies(one.get("variable")) if body.get("ephemeral"))
    return frozenset(text for body in bodies for text in _text_alone(body.get("default")) if _tells(text))


def secret_texts(value: Any, paths: frozenset[str]) -> Iterator[str]:
    """Texts of one resource in its secret places, `paths` or by name, that are long enough to be told from other words."""
    return filter(_tells, _secret_texts(value, paths))


def _tells(text: str) -> bool:
    return len(text) >= SHORTEST and "${" not in text and text != REDACTED


def _part(name: str, part: Any, beside: Mapping[str, Any], paths: frozenset[str], path: str) -> Any:
    if part in (None, "", [], {}) or isinstance(part, bool):
        return part
    if path in paths or is_secret(name, beside):
        return part if tells_nothing(part) else REDACTED
    return clean(part, paths, path)


def tells_nothing(value: Any) -> bool:
    """A reference, which says where a value comes from, or signs alone, as the `token` of a log index has them between words."""
    return isinstance(value, str) and bool(_REFERENCE.fullmatch(value) or not any(sign.isalnum() for sign in value))


@lru_cache(maxsize=20_000)
def _text(text: str) -> str:
    if text[:1] in ("{", "[") and text[-1:] in ("}", "]"):
        try:
            inner = read_json(text)
        except ValueError:
            inner = None
        if isinstance(inner, dict | list):
            safe = clean(inner)
            return text if safe == inner else json.dumps(safe, ensure_ascii=False)
    if findings(text) or _SPOKEN.search(text) or any(one != text and _text(one) != one for one in _meant(text)):
        return REDACTED
    return text


def _meant(text: str) -> Iterator[str]:
    """What a text says in other words: an expression by what it comes to and by its literals, base64 by what it encodes."""
    whole = text
    if is_open(text):
        whole = str(evaluated(text, Names()))
        yield whole
        yield _DIRECTIVE.sub("", whole)
        # Of what only Terraform knows, the letters in their order.
        yield "".join(_VERB.sub("x", one) for one in _LITERAL.findall(whole))
        whole = f"{whole} {' '.join(_LITERAL.findall(text))}"
    for one in _ENCODED.findall(whole) if len(whole) <= LONGEST_ENCODED else ():
        try:
            yield base64.b64decode(one, validate=True).decode()
        except ValueError:
            continue


def _marked(block: Json, path: str) -> Iterator[str]:
    for name, body in (block.get("attributes") or {}).items():
        if body.get("sensitive"):
            yield f"{path}{name}"
    for name, body in (block.get("block_types") or {}).items():
        yield from _marked(body.get("block") or {}, f"{path}{name}.")


def _of_resource(kind: str, block: Json) -> Iterator[str]:
    """What a data source shows of a resource's secrets: no provider marks `certificates.key` of a list of certificates."""
    stems = {kind, kind.removesuffix("s"), kind.removesuffix("es"), re.sub("ies$", "y", kind)}
    last = {path.rpartition(".")[2] for one in stems for path in hidden(one)}
    yield from (path for path in _paths(block, "") if path.rpartition(".")[2] in last)


def _paths(block: Json, path: str) -> Iterator[str]:
    for name, body in (block.get("attributes") or {}).items():
        yield from _typed_paths(body.get("type"), f"{path}{name}")
    for name, body in (block.get("block_types") or {}).items():
        yield from _paths(body.get("block") or {}, f"{path}{name}.")


def _typed_paths(kind: Any, path: str) -> Iterator[str]:
    yield path
    while isinstance(kind, list) and kind[0] != "object":
        kind = kind[1]
    for name, part in kind[1].items() if isinstance(kind, list) else ():
        yield from _typed_paths(part, f"{path}.{name}")


def _secret_texts(value: Any, paths: frozenset[str], path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            below = f"{path}.{name}" if path else name
            if below in paths or is_secret(name, value):
                yield from _text_alone(part)
            else:
                yield from _secret_texts(part, paths, below)
    elif isinstance(value, list):
        for part in value:
            yield from _secret_texts(part, paths, path)


def _text_alone(value: Any) -> Iterator[str]:
    """Not the parts of maps and lists: most of those are plain words, which stand elsewhere too."""
    if isinstance(value, str):
        yield value


def _bodies(named: Any) -> Iterator[Json]:
    for body in named.values() if isinstance(named, dict) else ():
        yield from (one for one in (body if isinstance(body, list) else [body]) if isinstance(one, dict))
