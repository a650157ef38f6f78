# Documentation page of the Python SDK, section "构造函数", as it is there.

SimStudioClient(api_key: str, base_url: str = "https://sim.ai")
