# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from typing import Literal

ExecuteWorkflowXSimStreamProtocol = Literal["agent-events-v1"]
"""Frames that the client understands beyond chunks and the end of the stream. With `agent-events-v1` servers of August
2026 send chunk_reset frames, and thinking and tool frames where the body asks for them with `includeThinking` and
`includeToolCalls`. Older servers ignore it.
"""
