# Documentation page of the Python SDK, section "execute_workflow()", as it is there.

result = client.execute_workflow(
    "workflow-id",
    input_data={"message": "Hello, world!"},
    timeout=30.0 # 30 seconds
)
