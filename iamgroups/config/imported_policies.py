"""The documents that an import writes: of customer managed policies, and of inline policies of groups."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from iamgroups.config.documents import read_document
from iamgroups.config.file_names import file_names
from iamgroups.config.source_file import SourceFile
from iamgroups.config.writer import Data
from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.state.names import NAME, PolicyArn, is_aws_managed, parse_policy_arn

FOLDER = "policies"


@dataclass
class Documents:
    """Files with documents: name -> text. `owned`: the `policies` to declare, with files of `declared`.

    `made`: ARN -> name and declaration of a policy that is new. `copies` are for readers. `remarks`: what is
    missing.
    """

    owned: dict[str, Data] = field(default_factory=dict)
    made: dict[str, tuple[str, Data]] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def own_policies(live: LiveState, groups: Sequence[LiveGroup]) -> dict[str, PolicyArn]:
    """Return ARN -> parts of the account's own policies that these groups hold; if they are all, anybody."""
    arns = {arn for group in groups for arn in group.policies or ()}
    if len(groups) == len(live.groups):
        arns |= live.held_arns
    parts = {arn: parse_policy_arn(arn) for arn in sorted(arns) if not is_aws_managed(arn)}
    return {arn: found for arn, found in parts.items() if found and found.owner == live.account.id}


def documents_of(live: LiveState, groups: Sequence[LiveGroup], own: bool, made: Collection[str]) -> Documents:
    """Return the documents of an import; with `own`, the managed policies are declared. `made`: new ones."""
    found = Documents()
    policies = own_policies(live, groups)
    named = file_names((parts.name for parts in policies.values()), "policy", ".json")
    for arn, parts in policies.items():
        document, file = _document(live, arn), f"{FOLDER}/{named[parts.name]}"
        if not document:
            found.remarks.append(f"local:{parts.name}: its document could not be read")
            continue
        if arn in made:
            found.made[arn] = parts.name, {"document": file}
            found.declared[file] = text_of(document)
            continue
        refused = refusal(document, file, live.account.partition) if own else ""
        if refused:
            found.remarks.append(f"local:{parts.name}: not owned, because {refused}")
        if own and not refused:
            path: dict[str, Data] = {"path": parts.path} if parts.path != "/" else {}
            found.owned[parts.name] = {"document": file, **path, "adopt": True}
        (found.declared if parts.name in found.owned else found.copies)[file] = text_of(document)
    found.copies.update(_inline(groups))
    return found


def _document(live: LiveState, arn: str) -> Any:
    known = live.policies.get(arn)
    return known.document if known else None


def text_of(document: Any) -> str:
    """Return a document as its file has it."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def refusal(document: Any, file: str, partition: str) -> str:
    """Return why a configuration cannot own a document, "" where it can."""
    read = read_document(SourceFile(file, text_of(document)))
    for problem in read.problems:
        return problem.message
    other = next((name for name in read.partitions if name != partition), "")
    return f"it names a resource of partition {other}" if other else ""


def _inline(groups: Sequence[LiveGroup]) -> Iterator[tuple[str, str]]:
    folders = file_names((group.name for group in groups), "group", "")
    for group in groups:
        documents = {
            name: document
            for name, document in (group.inline or {}).items()
            if document and NAME.fullmatch(name)
        }
        for name, file in file_names(documents, "policy", ".json").items():
            yield f"{FOLDER}/inline/{folders[group.name]}/{file}", text_of(documents[name])
