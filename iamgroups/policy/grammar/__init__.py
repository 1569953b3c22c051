"""Which policy documents AWS accepts, what it answers to the others, and where in them the fault is."""

from iamgroups.policy.grammar.doubts import doubts
from iamgroups.policy.grammar.judge import DocumentKind, refusals
from iamgroups.policy.grammar.refusal import CODE, SYNTAX, Refusal

__all__ = ["CODE", "SYNTAX", "DocumentKind", "Refusal", "doubts", "refusals"]
