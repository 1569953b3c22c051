"""Contradictions between declarations that the files alone show.

A rule takes the merged declarations and yields problems; `RULES` is the registry. `doubts` are not errors.
"""

from collections.abc import Callable, Iterator

from iamgroups.config.merge import Merged, NamedNode
from iamgroups.config.people import Warnings
from iamgroups.config.shipped import Schema, schema
from iamgroups.config.similar import did_you_mean
from iamgroups.config.source_file import quoted
from iamgroups.config.tree import Node
from iamgroups.errors import Position, Problem
from iamgroups.state.names import fold


def _moved(merged: Merged) -> Iterator[Problem]:
    """Demand that a rename goes from a name no longer declared to a declared one, in one step."""
    groups = merged.names["groups"]
    sources: dict[str, Node] = {}
    targets: dict[str, Node] = {}
    chained = {fold(node["to"].value) for node in merged.lists["moved"]}
    for node in merged.lists["moved"]:
        source, target = node["from"], node["to"]
        if fold(source.value) == fold(target.value):
            yield source.problem("this renames a group to itself: IAM ignores case", "remove the entry")
            continue
        if not merged.declares("groups", target.value):
            hint = did_you_mean(target.value, list(groups.values())) or "declare it under groups"
            yield target.problem(f"no group {quoted(target.value)} is declared to move to", hint)
        if fold(source.value) in groups.keys() - chained:
            hint = "a renamed group is declared under its new name only"
            yield source.problem(f"group {quoted(source.value)} is still declared", hint)
        for name, seen, word in ((source, sources, "from"), (target, targets, "to")):
            first = seen.setdefault(fold(name.value), name)
            if first is not name:
                message = f"a second rename {word} {quoted(name.value)}; the first is at {first.position}"
                yield name.problem(message, "keep one of them")
    for key in sources.keys() & targets.keys():
        message = f"{quoted(sources[key].value)} is also what {targets[key].position} renames to"
        yield sources[key].problem(message, "renames cannot be chained: rename to the last name at once")


def _removed(merged: Merged) -> Iterator[Problem]:
    """Demand that what has to go is declared nowhere, and named once."""
    seen: dict[tuple[str, str], Node] = {}
    for node in merged.lists["removed"]:
        kind, section = ("group", "groups") if "group" in node.value else ("policy", "policies")
        name = node[kind]
        key = fold(name.value)
        if key in merged.names[section]:
            entry = merged.named[section].get(key)
            where = f" at {entry.position}" if entry else ""
            message = f"{kind} {quoted(name.value)} is to be removed, but declared{where}"
            yield name.problem(message, "keep one of the two")
        for moved in merged.lists["moved"] if kind == "group" else ():
            if key == fold(moved["from"].value):
                message = f"group {quoted(name.value)} is to be removed, but {moved.position} renames it"
                yield name.problem(message, "keep one of the two")
        first = seen.setdefault((kind, key), name)
        if first is not name:
            message = f"{kind} {quoted(name.value)} is removed twice; the first is at {first.position}"
            yield name.problem(message, "keep one of them")


def _delete_needs_a_path(merged: Merged) -> Iterator[Problem]:
    settings = merged.root.get("settings")
    if settings is None or settings.value.get("undeclared_groups") != "delete":
        return
    if settings.value.get("path", "/") == "/":
        message = "`undeclared_groups: delete` would reach every group of the account while path is /"
        yield settings["undeclared_groups"].problem(message, "set `path`, or use `report`")


def _roles(merged: Merged) -> Iterator[Problem]:
    """Demand that roles are in the account that the root is for."""
    roles, account = merged.root.get("roles"), merged.root.value.get("account_id", "")
    for _, node in roles.each() if roles else ():
        parts = node.value.split(":")
        if account and len(parts) > 4 and parts[4] not in (account, "{account_id}"):
            hint = f"a role of another account cannot change this one: write {account}, or {{account_id}}"
            yield node.problem(f"this role is in account {parts[4]}, and this root is for {account}", hint)


def _conflicts(merged: Merged) -> Iterator[Problem]:
    """Demand that a set of conflicting groups names each once."""
    for names in _guardrail(merged, "conflicts"):
        seen: dict[str, Node] = {}
        for name in names.items():
            first = seen.setdefault(fold(name.value), name)
            if first is not name:
                yield name.problem(f"group {quoted(name.value)} cannot conflict with itself", "name another")


RULES: tuple[Callable[[Merged], Iterator[Problem]], ...] = (
    _moved,
    _removed,
    _delete_needs_a_path,
    _roles,
    _conflicts,
)


def doubts(merged: Merged) -> Warnings:
    """Return what is allowed but hardly meant: unused sets and teams, guardrails on unknown groups."""
    if not merged.complete:
        return []
    return [*_unused(merged), *_unknown_groups(merged)]


def _unused(merged: Merged) -> Warnings:
    warnings: Warnings = []
    for section, key, holder, kind in (
        ("teams", "team", "members", "team"),
        ("policy_sets", "set", "policies", "policy set"),
    ):
        lists = [entry.value.value.get(holder) or () for entry in merged.named["groups"].values()]
        lists += [entry.value.value for entry in merged.named[section].values()]
        used = {fold(item[key]) for each in lists for item in each if isinstance(item, dict) and key in item}
        unused: list[NamedNode] = [e for name, e in merged.named[section].items() if name not in used]
        warnings += [(f"{kind} {quoted(entry.name)} is not used", entry.position) for entry in unused]
    return warnings


def _unknown_groups(merged: Merged) -> Warnings:
    """Doubt undeclared groups; one that is protected may live undeclared, unless it looks misspelt."""
    declared = list(merged.names["groups"].values())
    protected = {fold(name.value) for name in _guardrail(merged, "protected_groups")}
    warnings: Warnings = []
    for name, position in _group_names(
        merged.root.get("guardrails"), schema("config")["properties"]["guardrails"]
    ):
        hint = did_you_mean(name, declared)
        known = fold(name) in merged.names["groups"]
        if not known and (hint or fold(name) not in protected):
            message = f"group {quoted(name)} of this guardrail is not declared"
            warnings.append((f"{message}; {hint}" if hint else message, position))
    return warnings


def _group_names(node: Node | None, spec: Schema) -> Iterator[tuple[str, Position]]:
    """Yield every text that the schema calls the name of a group, with its place."""
    if node is None:
        return
    if spec.get("title") == "a group name":
        yield node.value, node.position
    elif isinstance(node.value, list):
        for item in node.items():
            yield from _group_names(item, spec["items"])
    elif isinstance(node.value, dict):
        for key, item in node.each():
            if spec.get("propertyNames", {}).get("title") == "a group name":
                yield key, node.key_position(key)
            yield from _group_names(item, spec.get("properties", {}).get(key) or spec["additionalProperties"])


def _guardrail(merged: Merged, key: str) -> list[Node]:
    """Return the items of the list under a guardrail."""
    guardrails = merged.root.get("guardrails")
    node = guardrails.get(key) if guardrails else None
    return list(node.items()) if node else []
