"""The body of an execution: the input and the control keys beside it, without either overwriting the other."""

from collections import abc
from typing import Any, Dict, List, Optional

from .files import encode_input

# Keys that a server takes for its own at the body's root. An input that has one of them travels under "input".
_CONTROL_KEYS = frozenset(
    {
        "base64MaxBytes",
        "executionId",
        "includeFileBase64",
        "includeThinking",
        "includeToolCalls",
        "input",
        "isClientSession",
        "isSecureMode",
        "runFromBlock",
        "selectedOutputs",
        "stopAfterBlockId",
        "stream",
        "triggerType",
        "useDraftState",
        "workflowId",
        "workflowStateOverride",
        "workflowTriggerType",
    }
)


def compose_body(input_data: Any, *, stream: bool = False, selected_outputs: Optional[List[str]] = None) -> Any:
    """The body that runs a workflow with this input, as JSON: its model would load attrs and cattrs, and hold the same.

    Keys are spread at the root, as documented (later servers process files only there); an input that is no object, or
    that has a control key, travels whole under `input`. Control keys are sent only where they say something: servers of
    2025 hand them on to the workflow.

    Raises:
        TypeError: The input holds something that is neither JSON nor a file.
        ValueError: The input holds a number that is not finite, or a cycle.
    """
    encoded = encode_input(input_data)
    controls: Dict[str, Any] = {}
    if stream:
        controls["stream"] = True
    if selected_outputs:
        controls["selectedOutputs"] = selected_outputs
    if encoded is None:
        return controls
    spread = isinstance(input_data, (dict, abc.Mapping)) and (
        _CONTROL_KEYS.isdisjoint(encoded) or encoded.keys() == {"input"}
    )
    return {**controls, **(encoded if spread else {"input": encoded})}
