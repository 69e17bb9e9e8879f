"""What the tests of servers share."""

from functools import partial

import pytest


@pytest.fixture
def patient(talking):
    """Make the chain with `server` as its model, and with time enough for a busy machine."""
    return partial(talking, total_seconds=60, first_token_seconds=60)
