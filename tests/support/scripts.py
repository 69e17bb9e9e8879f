"""Programs of the repository that are no part of the package, as modules."""

import importlib.util
from pathlib import Path
from types import ModuleType

from askme.settings import ROOT


def loaded(path: str) -> ModuleType:
    """Return the module of a file, by its path in the repository."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
