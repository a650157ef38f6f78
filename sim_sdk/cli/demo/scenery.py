"""The mock that the demonstration is played against."""

from sim_conformance.mock import Agent, MockSim, Slow

TRIAGE = "about a delivery, not urgent, in English"
REPLY = (
    "Your order left our warehouse this morning. It is on a bicycle, because the last mile is the nicest one, "
    "and it will be with you before six."
)
REPORT = "142 tickets answered, 3 handed to people, 0 lost"

_RUNS_PER_WINDOW = 10
# A server that gives no hint is asked again after 0.75 s at least, and then after 1.5 s more.
_RATE_WINDOW = 2.2  # seconds
_FAST_RATE_WINDOW = 0.7


def mock_sim(dialect: str, *, fast: bool) -> MockSim:
    """A mock with the workflows of the demonstration, on the free plan. Not started yet."""
    sim = MockSim(dialect, plan="free")
    sim.add_workflow("triage", Slow(0.0 if fast else 0.5, TRIAGE))
    pieces = tuple(word + " " for word in REPLY.split(" "))
    sim.add_workflow("support-agent", Agent((*pieces[:-1], pieces[-1].rstrip()), delay=0.0 if fast else 0.06))
    sim.add_workflow("nightly-report", Slow(0.0, REPORT))
    if fast:
        sim.script_jobs(["queued", "processing", "completed"])
    else:
        sim.set_job_timing(queued=0.8, processing=1.6)
    sim.set_usage(cost=6.2, limit=10)
    return sim


def meet_rate_limit(sim: MockSim, *, fast: bool) -> None:
    """Refuse runs until a short window is over."""
    sim.set_rate_limit(_RUNS_PER_WINDOW, window=_FAST_RATE_WINDOW if fast else _RATE_WINDOW)
    sim.exhaust_rate_limit()
