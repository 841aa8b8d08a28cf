"""A range of the past, classified in one go.

A *run* is one such job: first it lists what there is (`listing`), then it looks at one
picture after the other and notes what each classifier makes of it (`looking`), which
changes nothing in Frigate. When a person has seen the result, it is written to the
objects in Frigate (`applying`). `work` does these one after the other, `history` does
with the runs what a person says, and `runs` keeps them. Every step is on disk when the
next one begins (`store`), so a run goes on after a restart where it was.
"""
