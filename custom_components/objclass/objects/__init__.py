"""Tracked objects: from a Frigate message to a result.

`tracking` knows what is in view, `work_queue` what waits for a look, `pipeline` looks,
`results` weighs the attempts, and `writeback` tells Frigate; `names` remembers which
names in Frigate came from us.
"""
