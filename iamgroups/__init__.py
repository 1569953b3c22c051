"""Manage AWS IAM groups, their policies and their members from YAML in Git."""

__version__ = "0.1.0"
