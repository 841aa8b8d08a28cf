"""Tracked objects: from a Frigate message to a result.

`hearing` hears what Frigate says (`in_turn`), and `pipeline` lets it be worked on:
`tracking` knows what is in view, `work_queue` what waits for a look, `looks` looks (at
what `snapshots` fetches), `results` weighs the `attempts`, `writeback` tells Frigate,
as far as `sub_labels` and `attributes` allow it, and `ends` tells the end. `names`
remembers which names in Frigate came from us.
"""
