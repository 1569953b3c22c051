"""A Plan: the difference between the YAML and the account, as data."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from iamgroups.errors import Problem
from iamgroups.planning.note import Moment, Note
from iamgroups.planning.to_read import ToRead
from iamgroups.state.change import Change
from iamgroups.state.live import Account


@dataclass(frozen=True)
class Plan:
    """Everything `apply` will do and everything a reviewer should know.

    `changes` come in an order that every edge allows. `problems` are errors in the configuration that only
    the account shows (a member who does not exist); a plan with problems must not be applied. `ids` maps
    `group/G` and `user/U` to the unique ids of what the changes name. `came_along`: addresses that `--group`
    did not select but that the selected changes wait for. `only`: what a part of a plan was restricted to
    ("groups a, b", "what has expired"); "" for all that differs. While `to_read` is truthy something still
    has to be read, and nothing else of the plan counts.
    """

    account: Account
    config_digest: str
    changes: tuple[Change, ...] = ()
    moments: tuple[Moment, ...] = ()
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)
    came_along: tuple[str, ...] = ()
    only: str = ""
    to_read: ToRead = field(default_factory=ToRead)

    @cached_property
    def digest(self) -> str:
        """Return the sha256 (hex) of account, changes, what they replace, order and moments.

        No times, no findings.

        Of the JSON `{"account": ..., "changes": [...], "moments": [...]}`, which is never held whole.
        """
        encode = json.JSONEncoder(sort_keys=True).encode
        moments = [[moment.kind, moment.user, moment.policy] for moment in self.moments]
        text = hashlib.sha256(f'{{"account": {encode(self.account.id)}, "changes": ['.encode())
        for place, change in enumerate(self.changes):
            call = [change.call.operation, dict(change.call.params)]
            told = encode([change.action, change.address, call, list(change.needs), change.before_meaning])
            text.update((f", {told}" if place else told).encode())
        text.update(f'], "moments": {encode(moments)}}}'.encode())
        return text.hexdigest()

    @cached_property
    def by_address(self) -> Mapping[str, Change]:
        """Address -> change."""
        return {change.address: change for change in self.changes}
