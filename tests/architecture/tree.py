"""What the tests of this folder look at: the files of the house, and the Python among them."""

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LITTER = {".git", ".venv", ".accord", "__pycache__", "node_modules"}


@functools.cache
def files() -> tuple[Path, ...]:
    """Every file that is tracked or could be; without git, every file that is no litter."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z",
         "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        found = {ROOT / name for name in listed.stdout.split("\0") if name}
    else:
        found = {path for path in ROOT.rglob("*") if not LITTER & set(path.parts)}
    return tuple(sorted(path for path in found if path.is_file()))


def modules(*folders: str) -> list[Path]:
    """The Python files under these folders, relative to the root."""
    relative = (path.relative_to(ROOT) for path in files() if path.suffix == ".py")
    return [path for path in relative if path.parts[0] in folders]


def parse(module: Path) -> ast.Module:
    """The syntax tree of a file that `modules` named."""
    return ast.parse((ROOT / module).read_text(), filename=str(module))


def naming(word: str, paths: list[Path]) -> Iterator[Path]:
    """Those of the files in which this word stands: who looks for it need not parse the others."""
    return (path for path in paths if word in (ROOT / path).read_text())


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function below `tree`, methods and inner ones included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
