# Documentation page of the Python SDK, section "get_workflow_status()", as it is there.

status = client.get_workflow_status("workflow-id")
print("Is deployed:", status.is_deployed)
