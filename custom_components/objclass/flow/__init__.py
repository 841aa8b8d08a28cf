"""The dialogues behind `config_flow`: of a classifier, and of an entry's options.

`dialogue` fills one in for somebody: the panel, or an import.
"""
