"""A batch on a cluster: any executor does, so Dask's does."""

import json
from collections import Counter

import distributed
import pytest

from sim_conformance.mock import MockSim
from sim_sdk import SimStudioClient

# Dask's own threads and sockets are not ours to judge.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def test_a_batch_on_a_local_cluster(sim: MockSim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_API_KEY", sim.api_key)  # the workers inherit it
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=2, dashboard_address=None)
    with cluster, distributed.Client(cluster) as dask, SimStudioClient(base_url=sim.base_url) as client:
        items = (("echo", {"i": number}) for number in range(40))
        results = list(client.execute_batch(items, executor=dask.get_executor(), max_concurrency=8))
    assert sorted(result.index for result in results) == list(range(40))
    assert all(result.success for result in results), results
    ran = Counter(json.loads(entry.body)["i"] for entry in sim.journal if entry.status == 200)
    assert ran == dict.fromkeys(range(40), 1)
