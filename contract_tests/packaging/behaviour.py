"""What users do, as one plain program: for every Python that the SDK runs on, also those that the tests do not.

It talks to the mock server at SIM_BASE_URL, and needs nothing but the installed SDK with its extras `async` and `cli`:

    python behaviour.py WORKSPACE_ID

The server's next answer to a run has to be a 429.
"""

import asyncio
import io
import json
import pickle
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Optional

from sim_sdk import webhooks
from simstudio import AsyncSimStudioClient, BlockChunk, NotFoundError, SimStudioClient

DEPENDENCIES = ("attrs", "cattrs", "urllib3", "aiohttp", "click", "rich")


def main(workspace_id: str) -> None:
    with SimStudioClient() as client:
        run(client)
        stream(client)
        queue(client)
        ask(client)
        read_logs(client, workspace_id)
    receive()
    command()
    asyncio.run(run_asynchronously())
    found = ", ".join(f"{name} {version(name)}" for name in DEPENDENCIES)
    print(f"all is well on Python {sys.version.split()[0]} with {found}")


def run(client: SimStudioClient) -> None:
    result = client.execute_with_retry("echo", {"message": "Grüße"}, initial_delay=0.01)  # the first answer is a 429
    assert result.success
    assert "Grüße" in str(result.output)
    assert pickle.loads(pickle.dumps(result)) == result
    assert client.execute_workflow("echo", {"document": io.BytesIO(b"bytes")}).success
    failed = client.execute_workflow("failing")
    assert not failed.success
    assert failed.error
    assert refusal(client) == 404
    batch = list(client.execute_batch((("echo", {"number": number}) for number in range(20)), ordered=True))
    assert [item.index for item in batch] == list(range(20))
    assert all(item.success for item in batch)


def refusal(client: SimStudioClient) -> Optional[int]:
    """The status with which a workflow that isn't there is refused."""
    try:
        client.execute_workflow("nobody-s")
    except NotFoundError as error:
        return error.status
    return None


def stream(client: SimStudioClient) -> None:
    with client.stream_workflow("agent", selected_outputs=["agent1.content"]) as events:
        text = "".join(event.chunk for event in events if isinstance(event, BlockChunk))
        assert text == "One, two, three, four, five"
        assert events.result.success
    assert client.execute_workflow("agent", stream=True, selected_outputs=["agent1.content"]).success


def queue(client: SimStudioClient) -> None:
    queued = client.execute_workflow("echo", async_execution=True)
    assert client.wait_for_job(queued.task_id, poll_interval=0.05)["status"] == "completed"
    assert client.execute_and_wait("echo", {"a": 1}, poll_interval=0.05).success


def ask(client: SimStudioClient) -> None:
    assert client.get_workflow_status("echo").is_deployed
    assert client.validate_workflow("echo")
    assert client.get_usage_limits().rate_limit["sync"]["limit"]


def read_logs(client: SimStudioClient, workspace_id: str) -> None:
    entries = list(client.logs.iter(workspace_id=workspace_id, limit=10))
    assert len(entries) > 20
    detail = client.logs.get(entries[0].id)
    assert detail.data.execution_id == client.logs.get_execution(entries[0].execution_id).execution_id
    assert "Execution" in detail._repr_html_()


def receive() -> None:
    data = {"executionId": "e", "status": "success"}
    body = json.dumps({"id": "1", "type": "workflow.execution.completed", "timestamp": 1, "data": data})
    signature = webhooks.sign(body, "secret", 1_000)
    assert webhooks.verify(body, signature, "secret", now=1.0).data.execution_id == "e"


def command() -> None:
    arguments = ["--json", "run", "echo", "--input", '{"text": "Grüße"}']
    done = subprocess.run([Path(sys.executable).with_name("sim"), *arguments], capture_output=True, check=True)
    assert "Grüße" in str(json.loads(done.stdout.decode("utf-8")))


async def run_asynchronously() -> None:
    async with AsyncSimStudioClient() as client:
        results = await asyncio.gather(*(client.execute_workflow("echo", {"number": n}) for n in range(10)))
        assert all(result.success for result in results)
        async with client.stream_workflow("agent", selected_outputs=["agent1.content"]) as events:
            assert "".join([text async for text in events.text]) == "One, two, three, four, five"
        assert (await client.execute_and_wait("echo", poll_interval=0.05)).success


if __name__ == "__main__":
    main(*sys.argv[1:])
