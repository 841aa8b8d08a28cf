"""What only a person can mend, as Home Assistant's repairs tell it.

`problem` tells one and takes it back; `standing` and `absence` look for them.
`repairs`, where Home Assistant looks for it, holds the ways to mend them.
"""
