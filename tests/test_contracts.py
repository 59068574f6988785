"""The rules that hold for every file: who imports whom, docstrings, typing markers, the version."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("logging_lib", "tui")
HEAVY = {"torch", "tensorflow", "jax", "tensorboard"}


def modules(*folders: str) -> list[Path]:
    """Every Python file of ours in these folders; generated ones are protoc's."""
    files = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [path for path in files if not path.name.endswith("_pb2.py")]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported_at_module_level(tree: ast.Module) -> Iterator[str]:
    """The packages that importing the module imports: not those in functions or for type checkers only."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]
        elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            waiting += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def test_the_import_contracts_hold() -> None:
    lint_imports = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert lint_imports, "import-linter is not installed beside this Python"
    done = subprocess.run(
        [lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken." in done.stdout


def test_the_installed_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (project["name"], project["version"]) == ("tbtui", version("tbtui"))


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_are_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


def test_the_first_line_says_what_a_file_is_for() -> None:
    files = [path for path in modules(*PACKAGES, "tests", "benchmarks", "docs") if path.stat().st_size]
    assert len(files) > 100
    assert [str(path) for path in files if not starts_with_docstring(path)] == []


def starts_with_docstring(path: Path) -> bool:
    """Whether the first line says something and is the module's docstring."""
    tree = parsed(path)
    said = ast.get_docstring(tree, clean=False) or ""
    return tree.body[0].lineno == 1 and bool(said.partition("\n")[0].strip())


def test_no_module_imports_a_framework_when_it_is_imported() -> None:
    imports = {str(path): HEAVY.intersection(imported_at_module_level(parsed(path))) for path in modules(*PACKAGES)}
    assert len(imports) > 50
    assert {path: found for path, found in imports.items() if found} == {}


def test_imports_are_found_where_they_run() -> None:
    code = (
        "import a.b\nfrom c.d import e\nfrom . import own\n"
        "if x:\n    import f\nelse:\n    import g\n"
        "try:\n    import h\nexcept ImportError:\n    import i\n"
        "class C:\n    import j\n    def m(self):\n        import not_this\n"
        "if TYPE_CHECKING:\n    import nor_this\nelse:\n    import k\n"
    )
    assert sorted(imported_at_module_level(ast.parse(code))) == ["a", "c", "f", "g", "h", "i", "j", "k"]
