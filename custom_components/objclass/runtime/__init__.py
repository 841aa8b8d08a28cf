"""What everything is computed on: one thread, one backbone, one choice of runtime.

`worker` is the thread, `settings` what was chosen, `packages` what has to be installed
for it, and `catching_up` brings classifiers up to date when the backbone changes.
"""
