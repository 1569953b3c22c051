"""The accounts of one size and every contender's input for them. Must say the same thing to each of them."""

import json
from collections.abc import Mapping
from pathlib import Path

from benchmarks.scenarios import NEWCOMER_GROUPS, Size
from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.generated_account import generate

Groups = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]  # name -> policy ARNs, member names


def accounts(size: Size) -> dict[str, StrictIam]:
    """Return `full`, with everything but the newcomer's memberships, and `bare`, with the users alone."""
    full = generate(size.groups, size.users - 1, size.policies, size.memberships)
    full.call("CreateUser", {"UserName": newcomer(size)})
    bare = StrictIam(quotas=full.store.quotas)
    for user in full.store.users.values():
        bare.call("CreateUser", {"UserName": user.name})
    return {"full": full, "bare": bare}


def newcomer(size: Size) -> str:
    """Return the name of the user to be onboarded."""
    return f"user-{size.users - 1:05}"


def write(size: Size, full: StrictIam, folder: Path) -> None:
    """Write `NAME/` (YAML) and `NAME.json` (groups for the others) for each of the declarations."""
    groups: Groups = {
        group.name: (group.attached, tuple(sorted(group.members))) for group in full.store.groups.values()
    }
    ids = {group.name: group.id for group in full.store.groups.values()}
    (folder / "ids.json").write_text(json.dumps(ids))
    joined = set(list(groups)[:NEWCOMER_GROUPS])
    declared: dict[str, Groups] = {
        "bare": {},
        "full": groups,
        "onboarding": {
            name: (policies, (*members, newcomer(size)) if name in joined else members)
            for name, (policies, members) in groups.items()
        },
    }
    for name, wanted in declared.items():
        _write_yaml(wanted, folder / name)
        (folder / f"{name}.json").write_text(json.dumps(wanted))


def _write_yaml(groups: Groups, folder: Path) -> None:
    (folder / "groups").mkdir(parents=True)
    (folder / "iamgroups.yaml").write_text(
        'version: 1\naccount_id: "123456789012"\ninclude: ["groups/*.yaml"]\n'
    )
    for name, (policies, members) in groups.items():
        lines = ["groups:", f"  {name}:", "    policies:"]
        lines += [f'      - "aws:{arn.rpartition("/")[2]}"' for arn in policies]
        lines += ["    members:", *(f"      - {member}" for member in members)]
        (folder / "groups" / f"{name}.yaml").write_text("\n".join(lines) + "\n")
