"""YAML text -> Config, every value with its file:line:column. The only home of yaml and jsonschema."""

from iamgroups.config.load import load
from iamgroups.config.shape import check
from iamgroups.config.source_file import with_lines

__all__ = ["check", "load", "with_lines"]
