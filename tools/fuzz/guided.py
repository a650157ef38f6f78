"""Runs one target in this process under atheris: `python -m tools.fuzz.guided TARGET [libFuzzer options] FOLDER`.

libFuzzer ends the process when it is done; `tools.fuzz.campaign` starts it, and reads what it says.
"""

import sys

import atheris

# Whatever is imported here counts what it executes; what is imported later, by the first call, would not.
with atheris.instrument_imports(include=["sim_sdk", "sim_api"]):  # pyright: ignore[reportAttributeAccessIssue]  # its stub leaves it out
    import sim_api.converter
    import sim_api.v1.models
    import sim_api.v1.operations.execute_workflow
    import sim_api.v1.operations.get_execution
    import sim_api.v1.operations.get_job
    import sim_api.v1.operations.get_log
    import sim_api.v1.operations.get_usage_limits
    import sim_api.v1.operations.get_workflow_status
    import sim_api.v1.operations.list_logs  # noqa: F401  # loaded to be instrumented
    from tools.fuzz.targets import TARGETS


def main() -> None:
    target, *options = sys.argv[1:]
    atheris.Setup([sys.argv[0], *options], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
