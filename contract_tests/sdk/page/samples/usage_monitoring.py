# Documentation page of the Python SDK, section "使用监控", as it is there.

import os
from simstudio import SimStudioClient

client = SimStudioClient(api_key=os.getenv("SIM_API_KEY"))

def check_usage():
    try:
        limits = client.get_usage_limits()

        print("=== Rate Limits ===")
        print("Sync requests:")
        print(f" Limit: {limits.rate_limit['sync']['limit']}")
        print(f" Remaining: {limits.rate_limit['sync']['remaining']}")
        print(f" Resets at: {limits.rate_limit['sync']['resetAt']}")
        print(f" Is limited: {limits.rate_limit['sync']['isLimited']}")

        print("\nAsync requests:")
        print(f" Limit: {limits.rate_limit['async']['limit']}")
        print(f" Remaining: {limits.rate_limit['async']['remaining']}")
        print(f" Resets at: {limits.rate_limit['async']['resetAt']}")
        print(f" Is limited: {limits.rate_limit['async']['isLimited']}")

        print("\n=== Usage ===")
        print(f"Current period cost: ${limits.usage['currentPeriodCost']:.2f}")
        print(f"Limit: ${limits.usage['limit']:.2f}")
        print(f"Plan: {limits.usage['plan']}")

        percent_used = (limits.usage['currentPeriodCost'] / limits.usage['limit']) * 100
        print(f"Usage: {percent_used:.1f}%")

        if percent_used > 80:
            print("⚠️ Warning: You are approaching your usage limit!")

    except Exception as error:
        print(f"Error checking usage: {error}")

check_usage()
