"""The command `sim logs`.

Executions are shown in `lines`, also as they come, by `follow`; one of them in a `report`, with its spans as a `tree`.
"""
