# Documentation page of the Python SDK, section "execute_with_retry()", as it is there.

result = client.execute_with_retry(
    "workflow-id",
    input_data={"message": "Hello"},
    timeout=30.0,
    max_retries=3, # Maximum number of retries
    initial_delay=1.0, # Initial delay in seconds
    max_delay=30.0, # Maximum delay in seconds
    backoff_multiplier=2.0 # Exponential backoff multiplier
)
