"""What holds for all tests."""

import gc


def pytest_collection_finish() -> None:
    """Keep the garbage collector from going through thousands of tests, and all that they import, again and again."""
    gc.collect()
    gc.freeze()
