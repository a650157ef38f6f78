# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
from __future__ import annotations

from typing import Any, ClassVar, Dict, List, Mapping, Optional, Tuple

from attrs import define
from attrs import field as _field

from ...values import UNSET


@define(kw_only=True)
class ExecuteWorkflowBody:
    """Input of a run beside the keys that control it. The input's fields stand at the root, next to the control keys,
    or everything is below `input`. Any file in it is a FileInput object.
    """

    __wire__: ClassVar[Mapping[str, str]] = {"selected_outputs": "selectedOutputs", "input_": "input"}
    __siblings__: ClassVar[Tuple[str, ...]] = ()

    stream: Optional[bool] = None
    """Answer with an event stream."""
    selected_outputs: Optional[List[str]] = None
    """Outputs to stream, each as `blockName.attribute`. Without any, the stream holds only the end of the run."""
    input_: Any = UNSET
    """The whole input, any JSON value. It wins over other fields at the root."""
    additional_properties: Dict[str, Any] = _field(factory=lambda: {})
    """Keys that the API's description does not name."""
