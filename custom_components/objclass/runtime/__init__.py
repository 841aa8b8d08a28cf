"""What everything is computed on: two threads, one backbone, one choice of runtime.

`worker` has the threads, `settings` what was chosen, `packages` what has to be
installed for it, and `catching_up` brings classifiers up to date when the backbone
changes.
"""
