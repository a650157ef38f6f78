# Documentation page of the Python SDK, section "set_base_url()", as it is there.

client.set_base_url("https://my-custom-domain.com")
