# Documentation page of the Python SDK, section "validate_workflow()", as it is there.

is_ready = client.validate_workflow("workflow-id")
if is_ready:
    # Workflow is deployed and ready
    pass
