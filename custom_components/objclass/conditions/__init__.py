"""Classifiers that are asked only of objects that something else has found out about.

`condition` is the rule and `chain` who hangs on whom. `children` asks when a rule comes
to be met, about the looks that `held_looks` remembers; `past` does so for past objects.
"""
