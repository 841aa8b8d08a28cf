"""What the project claims about speed and accuracy; `scripts/benchmark` runs each.

Importing this package makes the integration's `learning` package importable by that
name, without Home Assistant. (Type checkers find it as `stubs/learning`.)
"""

import sys
from pathlib import Path

# Last, so that no module of the integration hides another one of the same name.
sys.path.append(str(Path(__file__).parents[1] / "custom_components" / "objclass"))
