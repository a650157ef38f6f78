# Documentation page of the Python SDK, section "set_api_key()", as it is there.

client.set_api_key("new-api-key")
