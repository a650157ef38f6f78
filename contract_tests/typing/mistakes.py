"""Mistakes in a user's program that a type checker has to find: one in each marked line."""

from sim_sdk import SimStudioClient

client = SimStudioClient("key")
client.execute_workflow(1)  # mistake
client.execute_workflow("id").task_id  # mistake
client.execute_workflow("id", async_execution=True).output  # mistake
client.execute_with_retry("id", async_execution=True).output  # mistake
client.logs.list()  # mistake
client.logs.list(workspace_id="w", level="warning")  # mistake
client.logs.list(workspace_id="w", colour="red")  # mistake
client.get_rate_limit_info().limit  # mistake
