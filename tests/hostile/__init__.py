"""Attacks: what anybody may send, bring or type, in forms that nobody should.

`scripts/test` tries some of each kind, `scripts/benchmark hostile` a hundred thousand.
"""

from . import databases, files, frigate, names

TARGETS = (
    *frigate.TARGETS,
    *files.TARGETS,
    *databases.TARGETS,
    *names.TARGETS,
)
