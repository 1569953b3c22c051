"""ToRead: what planning still has to know before it can decide."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToRead:
    """What to read next; falsy when nothing is.

    `local`: the pages of ListPolicies(Local). `aws`: references to AWS managed policies nobody holds, as
    full ARNs or `aws:Name`. The others are ARNs: `details` of GetPolicy (tags), `documents` of the default
    version, `versions` of ListPolicyVersions.
    """

    local: bool = False
    aws: frozenset[str] = frozenset()
    details: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    versions: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.local or bool(self.aws or self.details or self.documents or self.versions)
