"""The AWS managed policies, about 1,580, from moto's data.

The data holds each policy's default version only.
"""

import importlib.util
import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from iamgroups.errors import UsageError
from iamgroups.sandbox.documents import Document
from iamgroups.sandbox.records import Policy, Version, unique_id


@lru_cache(maxsize=4)
def aws_managed_policies(partition: str = "aws") -> Mapping[str, Policy]:
    """Return ARN -> policy, for one partition. Raises UsageError when moto is not installed."""
    found: dict[str, Policy] = {}
    for name, entry in _entries().items():
        arn = f"arn:{partition}:iam::aws:policy{entry['Path']}{name}"
        updated = datetime.fromisoformat(entry["UpdateDate"])
        version = Version(entry["DefaultVersionId"], updated, Document(entry["Document"]))
        found[arn] = Policy(
            name=name,
            path=entry["Path"],
            id=unique_id("ANPA", name),
            arn=arn,
            created=datetime.fromisoformat(entry["CreateDate"]),
            updated=updated,
            default=version.id,
            versions=(version,),
            attachable=not entry["Path"].startswith("/aws-service-role/"),
        )
    return found


@lru_cache(maxsize=1)
def _entries() -> Mapping[str, Any]:
    moto = importlib.util.find_spec("moto")
    if moto is None or not moto.submodule_search_locations:
        raise UsageError(
            "the embedded IAM needs the extra sandbox: pip install '.[sandbox]' in a checkout of iamgroups"
        )
    source = Path(moto.submodule_search_locations[0]) / "iam" / "aws_managed_policies.py"
    spec = importlib.util.spec_from_file_location("iamgroups_aws_managed_policies", source)
    if spec is None or spec.loader is None:
        raise UsageError(f"The AWS managed policies are not in {source}: install moto 5.2")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    entries: Mapping[str, Any] = json.loads(module.aws_managed_policies_data)
    return entries
