# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from typing import Literal

FileInputType = Literal["file", "url"]
"""Whether `data` holds the content (file) or an address to fetch it from (url)."""
