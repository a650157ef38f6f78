"""Rewrites of a document into one that the parser reads without loss. Each knows one thing that the parser cannot take.

``operations`` makes each operation hold all that is said of it, ``names`` gives names that are legal and differ,
``forms`` spells schemas in the parser's terms one by one, ``composition`` puts together what is said in parts,
``places`` treats what depends on where a schema is used. ``normalise`` says in which order.
"""
