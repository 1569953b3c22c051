"""Files -> Config: reads the root and its includes, and reports every problem at once."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from iamgroups.collection import no_collection
from iamgroups.config import merge, mistakes, rules, shape, tree
from iamgroups.config.build import build
from iamgroups.config.digest import digest
from iamgroups.config.files import Folder, find_root, include_patterns, included, read_in
from iamgroups.config.merge import Merged
from iamgroups.config.people import Warnings
from iamgroups.config.shipped import schema
from iamgroups.config.source_file import read
from iamgroups.config.tree import Node
from iamgroups.errors import ConfigError, Problem
from iamgroups.state.config import Config

if TYPE_CHECKING:
    from iamgroups.config.documents import Document


def load(path: str | os.PathLike[str], texts: Mapping[Path, str] | None = None) -> Config:
    """Load a configuration; `path` names a root file, or the folder of an `iamgroups.yaml`.

    `texts`: resolved path -> the text to read instead of that file's own.

    Raises:
        ConfigError: with every problem of all files, sorted by file, line and column.

    """
    folder, name = find_root(path)
    with no_collection():
        return _Loading(replace(folder, texts=texts or {})).run(name)


@dataclass
class _Loading:
    """One load: the files in the order they were read, and what is wrong with them.

    `complete`: nothing that a file declares was dropped because of a problem. If not, no name is said to be
    undeclared.
    """

    folder: Folder
    order: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: Warnings = field(default_factory=list)
    documents: "dict[tuple[str, str], Document]" = field(default_factory=dict)
    complete: bool = True

    def run(self, name: str) -> Config:
        """Read the root file of this name and its includes, check them, and build the Config."""
        root = self._tree(name, self.folder.show(name), is_root=True)
        if root is None:
            raise ConfigError(_sorted(self.problems, self.order))
        merged = Merged(root)
        trees = [root, *self._included(name, root)]
        for each in trees:
            merge.note_names(merged, each)
        for each in trees:
            self._shape(each)
            self.problems += merge.add(merged, each)
        merged.complete = self.complete
        for rule in rules.RULES:
            self.problems += rule(merged)
        self.warnings += rules.doubts(merged)
        config = build(merged, self._document, self.problems, self.warnings)
        if self.problems:
            raise ConfigError(_sorted(self.problems, self.order))
        config = replace(config, warnings=tuple(sorted(self.warnings, key=lambda warning: warning[1])))
        return replace(config, digest=digest(config))

    def _included(self, name: str, root: Node) -> list[Node]:
        patterns = include_patterns(root)
        globs = root.value.get("include", []) if isinstance(root.value, dict) else []
        # An include that is not text names files that nobody can find.
        self.complete = self.complete and isinstance(globs, list) and len(globs) == len(patterns)
        found = []
        for each in included(self.folder, name, patterns):
            if isinstance(each, Problem):
                self.problems.append(each)
                self.complete = False
            elif (node := self._tree(str(each[1]), each[0], is_root=False)) is not None:
                found.append(node)
        return found

    def _tree(self, file: str, shown: str, is_root: bool) -> Node | None:
        """Read one file, which messages call `shown`. None: it could not be read at all."""
        node: Node | None = None
        problems: list[Problem] = []
        self.order.append(shown)
        try:
            node, problems = tree.parse(read_in(self.folder, file, shown))
        except ConfigError as error:
            problems = list(error.problems)
        self.complete = self.complete and not problems
        if node is not None:
            problems += merge.missing_root_keys(node) if is_root else merge.take_root_only(node)
        self.problems += problems
        return node

    def _shape(self, node: Node) -> None:
        """Check a file against the schema, and take out what is wrong: the rest is still checked."""
        spec = schema("config")
        node.value = shape.type_scalars(node.value, spec)
        found = shape.violations(node.value, spec, mistakes.BY_TITLE)
        seen = set()
        for violation in found:
            problem = shape.locate(node, violation)
            # An alias shows the same value at several paths.
            if (problem.message, problem.position) not in seen:
                seen.add((problem.message, problem.position))
                self.problems.append(problem)
        # Taking out a faulty value can leave a mapping without a key it needs.
        while found:
            shape.prune(node, found)
            found = shape.violations(node.value, spec)

    def _document(self, node: Node, account_id: str) -> "Document | None":
        """Return the document a node names; with an account id it is a template to fill in."""
        relative, shown = node.value, self.folder.show(node.value)
        if (shown, account_id) in self.documents:
            return self.documents[shown, account_id]
        hint = "documents lie in the root file's folder, named from there"
        if "\0" in relative or self.folder.resolve(relative) is None:
            self.problems.append(node.problem(f"document {relative!r} leads out of that folder", hint))
            return None
        real = self.folder.resolve(relative)
        assert real is not None
        try:
            source = read(real, shown)
        except ConfigError as error:
            problem = error.problems[0]
            message = f"document {relative!r}: {problem.message}"
            self.problems.append(node.problem(message, problem.hint or hint))
            return None
        from iamgroups.config.documents import read_document, read_template

        self.order.append(shown)
        document = read_template(source, account_id) if account_id else read_document(source)
        self.problems += document.problems
        self.warnings += document.warnings
        self.documents[shown, account_id] = document
        return document


def _sorted(problems: Sequence[Problem], order: Sequence[str]) -> list[Problem]:
    rank = {file: index for index, file in enumerate(order)}
    return sorted(
        problems,
        key=lambda p: (rank.get(p.position.file, 0), *p.position[1:], p.message) if p.position else (-1,),
    )
