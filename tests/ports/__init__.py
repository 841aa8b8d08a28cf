"""The learning library on machines that we do not have; `scripts/ports` runs it.

Importing this package makes `custom_components.objclass` an empty package, whose
`learning` can be imported without Home Assistant.
"""

import sys
from pathlib import Path
from types import ModuleType

import custom_components

if "custom_components.objclass" not in sys.modules:
    package = ModuleType("custom_components.objclass")
    package.__file__ = str(Path(custom_components.__path__[0], "objclass/__init__.py"))
    package.__path__ = [str(Path(package.__file__).parent)]
    custom_components.objclass = package  # type: ignore[attr-defined]
    sys.modules[package.__name__] = package
