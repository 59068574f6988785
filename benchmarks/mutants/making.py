"""The mutants of a file, as mutmut makes them, and how one takes the place of the function it is made of."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

_WRAPPERS = ("__wrapped__", "fget", "__func__", "func")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change in a function: `lines` are those of the changed expression, `source` is the whole file with it."""

    path: str
    name: str
    number: int
    lines: range
    function_lines: range
    before: str
    after: str
    source: str

    @property
    def key(self) -> str:
        """What names it in lists, as long as the function stays as it is."""
        return f"{self.path}:{self.name}:{self.number}"


class _Visitor(MutationVisitor):  # type: ignore[misc]
    """mutmut's, which passes over functions with decorators, and does not tell where a mutation is."""

    def __init__(self) -> None:
        super().__init__(mutation_operators, IgnoredCode(set(), set(), set()))
        self.places: list[Any] = []

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        return not isinstance(node, cst.FunctionDef) and super()._skip_node_and_children(node)

    def _create_mutations(self, node: cst.CSTNode) -> None:
        super()._create_mutations(node)
        place = self.get_metadata(PositionProvider, node, None)
        self.places += [place] * (len(self.mutations) - len(self.places))


def mutants_of(path: str) -> Iterator[Mutant]:
    """The mutants of a file's functions and methods; constants of modules and classes are not mutated."""
    wrapper = MetadataWrapper(cst.parse_module(Path(path).read_text()))
    visitor = _Visitor()
    module = wrapper.visit(visitor)
    positions = wrapper.resolve(PositionProvider)
    names = dict(_functions(module.body, ""))
    counts: Counter[str] = Counter()
    for mutation, place in zip(visitor.mutations, visitor.places, strict=True):
        function = mutation.contained_by_top_level_function
        if not isinstance(function, cst.FunctionDef) or place is None:
            continue
        name, span = names[function], positions[function]
        counts[name] += 1
        yield Mutant(
            path,
            name,
            counts[name],
            range(place.start.line, place.end.line + 1),
            range(span.start.line + 1, span.end.line + 1),
            module.code_for_node(mutation.original_node),
            module.code_for_node(mutation.mutated_node),
            module.deep_replace(mutation.original_node, mutation.mutated_node).code,
        )


def _functions(nodes: Any, prefix: str) -> Iterator[tuple[cst.FunctionDef, str]]:
    for node in nodes:
        if isinstance(node, cst.FunctionDef):
            yield node, prefix + node.name.value
        elif isinstance(node, cst.ClassDef):
            yield from _functions(node.body.body, f"{prefix}{node.name.value}.")


def become(mutant: Mutant) -> bool:
    """Give the function, in this process, the mutant's code and defaults; returns False where both are the same."""
    module = importlib.import_module(mutant.path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    function = _function(vars(module), mutant.name)
    compiled = compile(mutant.source, module.__file__ or "", "exec", dont_inherit=True)
    code = next(code for code in _codes(compiled) if _is_of(code, function, mutant.name))
    if code != function.__code__:
        function.__code__ = code
        return True
    namespace: dict[str, Any] = {"__name__": module.__name__, "__file__": module.__file__}
    exec(compiled, namespace)
    other = _function(namespace, mutant.name)
    changed = (function.__defaults__, function.__kwdefaults__) != (other.__defaults__, other.__kwdefaults__)
    function.__defaults__, function.__kwdefaults__ = other.__defaults__, other.__kwdefaults__
    return changed


def _is_of(code: CodeType, function: FunctionType, name: str) -> bool:
    """Whether it is the function's code: its first line may be that of a decorator, of which there are several."""
    return code.co_qualname == name and abs(code.co_firstlineno - function.__code__.co_firstlineno) < 2


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _function(namespace: Any, name: str) -> FunctionType:
    *classes, last = name.split(".")
    for part in classes:
        namespace = vars(namespace[part])
    found = namespace[last]
    while not isinstance(found, FunctionType) or hasattr(found, "__wrapped__"):
        if hasattr(found, "cache_clear"):  # filled when the tests were collected
            found.cache_clear()
        found = next(getattr(found, wrapper) for wrapper in _WRAPPERS if hasattr(found, wrapper))
    return found
