"""Configurations as people write them, drawn from a seed, and an account that has drifted from each.

Lists are in blocks or in brackets, with comments, anchors and odd names, in one file or several, with either
line end, with or without a last one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from iamgroups.config import load
from iamgroups.config.writer import scalar
from iamgroups.state.config import Config
from iamgroups.state.live import LiveState
from tests.accounts import live

PEOPLE = ("ann", "Bob", "yes", "0123", "a.b@c", "x=1", "-dash", "@at", "null", "1e5")
GROUPS = ("devs", "no", "1.0", "x,y", "Ops")
POLICIES = ("aws:A", "aws:B", "local:team/tool", "local:own", "aws:AdministratorAccess")
READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
COMMENT = "  # why: [a], {b}"


@dataclass
class Drawn:
    """A folder of files, what they mean, and an account."""

    root: Path
    config: Config
    live: LiveState


@dataclass
class _Hand:
    """Somebody who writes YAML in a way of their own."""

    random: Random
    deep: int = field(init=False)

    def __post_init__(self) -> None:
        self.deep = self.random.choice((2, 4))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def some(self, of: Sequence[str], most: int = 4) -> list[str]:
        return self.random.sample(of, self.random.randint(0, min(most, len(of))))

    def name(self, text: str) -> str:
        """Return a name as one may write it."""
        plain = scalar(text)
        return f"'{text}'" if plain.startswith('"') and self.chance(0.5) else plain

    def items(self, items: Sequence[str], indent: int) -> str:
        """Return the list that ends a line `key:`, of items as they are to be written."""
        if not items or self.chance(0.35):
            return f" [{', '.join(items)}]{COMMENT if self.chance(0.2) else ''}\n"
        margin = " " * (indent + (self.deep if self.chance(0.8) else 0))
        text = f"{COMMENT}\n" if self.chance(0.2) else "\n"
        for item in items:
            text += f"{margin}# about it\n" if self.chance(0.1) else ""
            text += f"{margin}- {item}{COMMENT if self.chance(0.1) else ''}\n"
        return text


def drawn(seed: int, folder: Path) -> Drawn:
    """Write a configuration into a folder and return it with an account."""
    hand = _Hand(Random(seed))
    groups = hand.some(GROUPS, 3) or ["devs"]
    teams = {"core": hand.some(PEOPLE, 3)} if hand.chance(0.5) else {}
    sets = {"base": hand.some(POLICIES[:3], 2)} if hand.chance(0.3) else {}
    blocks = [_group(hand, name, list(teams), list(sets)) for name in groups]
    apart = hand.chance(0.5)
    head = 'version: 1\naccount_id: "123456789012"\n' + ("include: [groups/*.yaml]\n" if apart else "")
    head += f"settings: {{direct_policies: {hand.random.choice(['report', 'detach_covered'])}}}\n"
    for name, people in teams.items():
        head += f"teams:\n  {name}:{hand.items([hand.name(one) for one in people], 2)}"
    for name, policies in sets.items():
        head += f"policy_sets:\n  {name}:{hand.items([hand.name(one) for one in policies], 2)}"
    if hand.chance(0.3):
        head += f"accepted:\n  - {{direct: aws:B, users: [{hand.name('ann')}], reason: adopted}}\n"
    files = {"iamgroups.yaml": head if apart else f"{head}groups:\n{''.join(blocks)}"}
    if apart:
        (folder / "groups").mkdir()
        files |= {f"groups/g{number}.yaml": f"groups:\n{block}" for number, block in enumerate(blocks)}
    for name, text in files.items():
        (folder / name).write_bytes(_ended(hand, text).encode())
    declared = load(folder)
    return Drawn(folder, declared, _account(hand, declared))


def _ended(hand: _Hand, text: str) -> str:
    text = text.rstrip("\n") if hand.chance(0.3) else text
    return text.replace("\n", "\r\n") if hand.chance(0.3) else text


def _group(hand: _Hand, name: str, teams: Sequence[str], sets: Sequence[str]) -> str:
    people = [hand.name(one) for one in hand.some(PEOPLE)]
    policies = [hand.name(one) for one in hand.some(POLICIES, 3)]
    if teams and hand.chance(0.5):
        people.append(f"{{team: {teams[0]}}}")
    if sets and hand.chance(0.5):
        policies.append(f"{{set: {sets[0]}}}")
    if hand.chance(0.2) and people:
        people[0] = f"{{user: {people[0]}, reason: x}}" if not people[0].startswith("{") else people[0]
    anchor = " &people" if hand.chance(0.1) and people else ""
    members = hand.items(people, 4)
    if anchor:
        members = f"{anchor} [{', '.join(people)}]\n"
    return f"  {hand.name(name)}:\n    policies:{hand.items(policies, 4)}    members:{members}"


def _account(hand: _Hand, declared: Config) -> LiveState:
    """Return the account that the files declare, but for what somebody did by hand."""
    groups: dict[str, tuple[list[str], list[str]]] = {}
    for group in declared.groups:
        members = {member.user for member in group.members or ()}
        held = {ref.spec for ref in group.policies or ()}
        members ^= set(hand.some(PEOPLE, 2))
        held ^= set(hand.some(POLICIES[:4], 1))
        if not hand.chance(0.05):
            groups[group.name] = (sorted(members), sorted(held))
    for name in hand.some([name for name in GROUPS if name not in groups], 1):
        if not any(name == group.name for group in declared.groups):
            groups[name] = (hand.some(PEOPLE, 2), hand.some(POLICIES, 2))
    direct = {user: hand.some(POLICIES, 1) for user in hand.some(PEOPLE, 2)}
    return live(groups, direct, PEOPLE, POLICIES, documents={"local:team/tool": READ, "local:own": READ})
