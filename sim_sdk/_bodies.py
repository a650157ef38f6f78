"""The body of an execution: the input and the control keys beside it, without either overwriting the other."""

from collections import abc
from typing import Any, Dict, List, Optional

from sim_api import v1

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


def compose_body(
    input_data: Any, *, stream: bool = False, selected_outputs: Optional[List[str]] = None
) -> "v1.models.ExecuteWorkflowBody":
    """The body that runs a workflow with this input.

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
        controls["selected_outputs"] = selected_outputs
    if encoded is None:
        return v1.models.ExecuteWorkflowBody(**controls)
    if not isinstance(input_data, (dict, abc.Mapping)):
        return v1.models.ExecuteWorkflowBody(**controls, input_=encoded)
    if encoded.keys() == {"input"}:
        return v1.models.ExecuteWorkflowBody(**controls, input_=encoded["input"])
    if not _CONTROL_KEYS.isdisjoint(encoded):
        return v1.models.ExecuteWorkflowBody(**controls, input_=encoded)
    return v1.models.ExecuteWorkflowBody(**controls, additional_properties=encoded)
