"""The command `sim batch`: a workflow run once for each line of a file, over several starts of the command if need be.

`lines` are read and `records` are written; the `journal` knows how far each line is, also after a crash; `survey` finds
out what earlier runs left; `work` does the rest, until it is done or `stop` says so. `standing` is what views show.
"""
