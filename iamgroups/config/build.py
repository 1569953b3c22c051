"""Merged declarations -> Config, and what only the whole can show to be wrong."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from iamgroups.config import people
from iamgroups.config.merge import Merged, NamedNode
from iamgroups.config.nesting import expansion_order
from iamgroups.config.policy_refs import PolicyRefs
from iamgroups.config.shipped import Schema, schema
from iamgroups.config.source_file import quoted
from iamgroups.config.tree import Node
from iamgroups.errors import Position, Problem
from iamgroups.state.config import (
    CONTAINMENT,
    Accepted,
    Config,
    GroupDecl,
    Moved,
    NamePattern,
    PolicyDecl,
    PolicyRef,
    Removed,
    Settings,
    UserDecl,
)
from iamgroups.state.names import fold

if TYPE_CHECKING:
    from iamgroups.config.documents import Document

NO_ACCOUNT = "0" * 12  # in a template, where the root names none
# The file an owned policy names, and the account of a template, else "" -> its document, or None with a
# problem noted.
ReadDocument = Callable[[Node, str], "Document | None"]


def build(
    merged: Merged, read_document: ReadDocument, problems: list[Problem], warnings: people.Warnings
) -> Config:
    """Return the configuration; it may be used only if nothing was added to `problems`."""
    account_id = merged.root.value.get("account_id", "")
    references = PolicyRefs(merged, account_id, problems)
    for key, entry in merged.named["policies"].items():
        references.paths[key] = entry.value.value.get("path", "/")
    root = merged.root
    return Config(
        root=root.source.file,
        account_id=account_id,
        groups=_groups(merged, references, warnings),
        policies=_policies(merged, references, read_document),
        users=tuple(_user(entry, references) for entry in merged.named["users"].values()),
        moved=tuple(
            Moved(node.value["from"], node.value["to"], node.position) for node in merged.lists["moved"]
        ),
        removed=tuple(_removed(node) for node in merged.lists["removed"]),
        accepted=_accepted(merged.lists["accepted"], problems),
        roles=dict(root.value.get("roles", {})),
        settings=_settings(root.get("settings")),
        guardrails=_setting(root.get("guardrails"), schema("config")["properties"]["guardrails"]),
    )


def _groups(merged: Merged, references: PolicyRefs, warnings: people.Warnings) -> tuple[GroupDecl, ...]:
    known = people.teams(merged, references, warnings)
    sets = _sets(merged, references)
    groups: list[GroupDecl] = []
    room = people.MAX_MEMBERSHIPS
    for entry in merged.named["groups"].values():
        groups.append(_group(entry, references, sets, known, warnings))
        room -= len(groups[-1].members or ())
        if room < 0:
            message = f"the groups up to this one hold more than {people.MAX_MEMBERSHIPS:,} memberships"
            references.problems.append(entry.problem(message, "IAM has room for a tenth of that"))
            break
    warnings += people.spellings(groups)
    return tuple(groups)


def _sets(merged: Merged, references: PolicyRefs) -> dict[str, tuple[PolicyRef, ...]]:
    """Return folded name of each policy set -> its references, sets in it expanded, `via` the outer set."""
    found: dict[str, tuple[PolicyRef, ...]] = {}
    for entry in expansion_order(merged, "policy_sets", "set", references.problems):
        refs = _refs(entry.value, references, found, [])
        found[fold(entry.name)] = tuple(ref._replace(via=entry.name) for ref in refs)
    return found


def _group(
    entry: NamedNode,
    references: PolicyRefs,
    sets: dict[str, tuple[PolicyRef, ...]],
    known: people.Teams,
    warnings: people.Warnings,
) -> GroupDecl:
    value: dict[str, Any] = entry.value.value
    policies, members = entry.value.get("policies"), entry.value.get("members")
    membership = value.get("membership", "exclusive")
    return GroupDecl(
        name=entry.name,
        position=entry.position,
        description=value.get("description", ""),
        path=value.get("path"),
        policies=None if policies is None else _refs(policies, references, sets, warnings),
        members=None if members is None else people.members(members, entry.name, references, known, warnings),
        membership="additive" if membership == "additive" else "exclusive",
        spared=tuple(membership["except"]) if isinstance(membership, dict) else (),
        attachments=value.get("attachments", "exclusive"),
        inline_policies=value.get("inline_policies"),
        members_position=entry.value.key_position("members") if members else None,
        policies_position=entry.value.key_position("policies") if policies else None,
    )


def _refs(
    node: Node, references: PolicyRefs, sets: dict[str, tuple[PolicyRef, ...]], warnings: people.Warnings
) -> tuple[PolicyRef, ...]:
    """Return a list of policies with its sets expanded, each reference once for one time."""
    found: dict[PolicyRef, PolicyRef] = {}
    for item in node.items():
        if isinstance(item.value, str) or "policy" in item.value:
            ref = _ref(item, references)
            first = found.setdefault(_unplaced(ref), ref)
            if first is not ref and not first.via:
                message = f"{quoted(ref.spec)} is listed twice, also at {first.position}"
                warnings.append((message, ref.position))
            continue
        name = item["set"]
        if unknown := references.unknown(name, "policy_sets", "policy set"):
            references.problems.append(unknown)
        for ref in sets.get(fold(name.value), ()):
            found.setdefault(_unplaced(ref), ref)
    return tuple(found.values())


def _ref(item: Node, references: PolicyRefs) -> PolicyRef:
    """Return a reference, with its time where it has one."""
    if isinstance(item.value, str):
        return references.ref(item)
    starts, expires = people.term(item, references.problems)
    return references.ref(item["policy"])._replace(starts=starts, expires=expires)


def _unplaced(ref: PolicyRef) -> PolicyRef:
    """Return the reference without where it is written."""
    return ref._replace(position=Position("", 0, 0), via="")


def _policies(merged: Merged, references: PolicyRefs, read_document: ReadDocument) -> tuple[PolicyDecl, ...]:
    found = []
    for entry in merged.named["policies"].values():
        value = entry.value.value
        account_id = references.account_id or NO_ACCOUNT
        document = read_document(entry.value["document"], account_id if value.get("template") else "")
        if document is not None and document.data is not None:
            references.note_partitions(document.partitions)
            found.append(
                PolicyDecl(
                    name=entry.name,
                    position=entry.position,
                    document=document.data,
                    path=value.get("path", "/"),
                    description=value.get("description", ""),
                    adopt=value.get("adopt", False),
                    template=document.template,
                    partitions=tuple((name, node.position) for name, node in document.partitions.items()),
                )
            )
    return tuple(found)


def _user(entry: NamedNode, references: PolicyRefs) -> UserDecl:
    kept = tuple(references.ref(node) for node in entry.value["keep_direct"].items())
    return UserDecl(entry.name, entry.position, kept, entry.value["reason"].value)


def _removed(node: Node) -> Removed:
    kind: Any = "group" if "group" in node.value else "policy"
    return Removed(
        kind, node.value[kind], node.position, node.value.get("reason", ""), node.value.get("adopt", False)
    )


def _accepted(nodes: list[Node], problems: list[Problem]) -> tuple[Accepted, ...]:
    if not nodes:
        return ()
    from iamgroups.config.accepted import accepted

    return accepted(nodes, problems)


def _settings(node: Node | None) -> Settings:
    """Return the settings. What contains people is added to what always does."""
    if node is None:
        return Settings()
    values = {**node.value, "containment": (*CONTAINMENT, *node.value.get("containment", ()))}
    for key in ("direct", "inline"):
        mode = values.get(f"{key}_policies")
        if isinstance(mode, dict):
            values[f"{key}_policies"] = mode["default"]
            values[f"{key}_ignored"] = tuple(mode["ignore"])
    return Settings(**values, position=node.position)


def _setting(node: Node | None, spec: Schema) -> Any:
    """Return what stands at the node, or else the default; a mapping with known keys holds all of them."""
    if "properties" in spec:
        below = spec["properties"].items()
        return {key: _setting(node.get(key) if node else None, each) for key, each in below}
    return _located(node) if node else tuple(spec["default"]) if spec["type"] == "array" else spec["default"]


def _located(node: Node) -> Any:
    """Return the data at a node with a position for each text; lists become tuples."""
    match node.value:
        case str():
            return NamePattern(node.value, node.position)
        case list():
            return tuple(map(_located, node.items()))
        case dict():
            return {NamePattern(key, node.key_position(key)): _located(item) for key, item in node.each()}
        case _:
            return node.value
