# Documentation page of the Python SDK, section "close()", as it is there.

client.close()
