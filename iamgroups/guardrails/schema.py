"""The schema of `guardrails`, composed from the rules; schemas/config.schema.json holds it for editors."""

from typing import Any

from iamgroups.guardrails import rules


def schema() -> dict[str, Any]:
    """Return the schema of the key `guardrails` and everything under it."""
    settings = {rule.name: dict(rule.schema) for rule in rules() if rule.schema}
    examples = {name: spec["examples"][0] for name, spec in settings.items() if "examples" in spec}
    return {
        "description": "Rules that a plan must keep. A rule blocks only what creates or worsens a violation. "
        "Root file only.",
        "examples": [examples],
        "type": "object",
        "additionalProperties": False,
        "properties": settings,
    }
