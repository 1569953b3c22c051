"""Resolve policy references to ARNs that exist."""

from collections.abc import Iterable
from functools import cached_property

from iamgroups.errors import Problem
from iamgroups.state.config import Config, PolicyRef
from iamgroups.state.live import LiveState
from iamgroups.state.names import fold, parse_policy_arn, short


class Resolver:
    """Turns `aws:Name`, `local:[path/]Name` and full ARNs into ARNs as IAM spells them.

    Proof is, in this order: a group or user holds it, the configuration creates it, or it was listed.
    """

    def __init__(self, config: Config, live: LiveState) -> None:
        self._live = live
        account = live.account
        self._prefix = f"arn:{account.partition}:iam::{account.id}:policy"
        self.owned = {fold(decl.name): f"{self._prefix}{decl.path}{decl.name}" for decl in config.policies}
        self._resolved: dict[str, str | None] = {}

    @cached_property
    def _by_short(self) -> dict[str, str]:
        """`aws:name` / `local:name`, folded -> ARN, of everything proved."""
        proved = [*self._live.held_arns, *self._live.policies]
        known = {fold(short(arn)): arn for arn in sorted(proved)}
        return known | {f"local:{name}": known.get(f"local:{name}", arn) for name, arn in self.owned.items()}

    def resolve(self, spec: str) -> str | None:
        """Return the ARN, or None where no proof exists yet."""
        if spec not in self._resolved:
            self._resolved[spec] = self._lookup(spec)
        return self._resolved[spec]

    def _lookup(self, spec: str) -> str | None:
        owner, _, rest = spec.partition(":")
        if owner == "arn":
            arn = self._by_short.get(fold(short(spec)))
            return arn if arn and fold(arn) == fold(spec) else None
        path, _, name = rest.rpartition("/")
        arn = self._by_short.get(fold(f"{owner}:{name}"))
        if arn is None or not path:
            return arn
        parts = parse_policy_arn(arn)
        return arn if parts and parts.path.strip("/") == path.strip("/") else None

    def attachable(self, arn: str) -> bool:
        """Tell whether IAM lets this policy be attached (PolicyNotAttachable otherwise)."""
        known = self._live.policies.get(arn)
        return "/aws-service-role/" not in arn and (known is None or known.attachable)

    def is_local(self, spec: str) -> bool:
        """Tell whether the reference names a policy of this account."""
        if spec.startswith("arn:"):
            parts = parse_policy_arn(spec)
            return parts is not None and parts.owner != "aws"
        return spec.startswith("local:")

    def is_of_partition(self, spec: str) -> bool:
        """Tell whether the reference can name a policy of the account's partition."""
        parts = parse_policy_arn(spec)
        return parts is None or parts.partition == self._live.account.partition

    def unproved(self, refs: Iterable[PolicyRef]) -> frozenset[str]:
        """Return the references that are not resolved, as written."""
        return frozenset(ref.spec for ref in refs if self.resolve(ref.spec) is None)

    def problem(self, ref: PolicyRef, about: str) -> Problem:
        """Explain a reference that resolves to nothing, in what the address `about` names."""
        account, parts = self._live.account, parse_policy_arn(ref.spec)
        if parts and not self.is_of_partition(ref.spec):
            message = (
                f"{ref.spec} is of partition {parts.partition}, account {account.id} of {account.partition}"
            )
            hint = f"write {parts.short}, which fits any partition"
            return Problem(message, ref.position, hint, about=(about,))
        kind = "customer managed" if self.is_local(ref.spec) else "AWS managed"
        listed = self._live.local_listed if self.is_local(ref.spec) else self._live.aws_listed
        if not listed:
            action = "iam:ListPolicies"
            return Problem(
                f"cannot tell whether the policy {ref.spec} exists",
                ref.position,
                f"the permission {action} (or iam:GetPolicy) is missing; grant it and run again",
                about=(about,),
            )
        name = ref.spec.rpartition("/")[2].rpartition(":")[2]
        elsewhere = self._by_short.get(fold(f"{'local' if self.is_local(ref.spec) else 'aws'}:{name}"))
        if elsewhere:
            hint = f"a policy of that name exists at another path: {elsewhere}"
        else:
            hint = self._nearest(name, "local:" if self.is_local(ref.spec) else "aws:")
        message = f"no {kind} policy {ref.spec} in account {account.id}"
        return Problem(message, ref.position, hint, missing=f"policy/{ref.spec}", about=(about,))

    def _nearest(self, name: str, prefix: str) -> str:
        from difflib import get_close_matches

        names = {
            fold(found).removeprefix(prefix): found
            for found in map(short, self._live.policies)
            if found.startswith(prefix)
        }
        if close := get_close_matches(fold(name), names, 1, 0.75):
            return f"did you mean {names[close[0]]}?"
        if prefix == "local:":
            return "create the policy first, declare it under `policies`, or take this line out"
        return "check the name: `aws iam list-policies --scope AWS` lists them all"
