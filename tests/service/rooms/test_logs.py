"""Room logs: one project, one store a writer, kept as long as the site says."""

from collections.abc import Callable

from tests.synthesized import Synthesized


def test_project_name_is_unique_by_account_unless_given(stack_with: Callable[..., Synthesized]) -> None:
    assert stack_with().resources["logs/project"]["project_name"] == "clinic-1234567890123456"
    assert stack_with(logs={"project": "own-logs"}).resources["logs/project"]["project_name"] == "own-logs"


def test_every_store_is_kept_as_long_as_the_site_says(stack_with: Callable[..., Synthesized]) -> None:
    stores = stack_with(logs={"retention_days": 400}).of_type("log_store")
    assert {store["logstore_name"] for store in stores} == {"gateway", "dicomweb"}
    assert {store["retention_period"] for store in stores} == {400}


def test_every_store_can_be_searched(default_stack: Synthesized) -> None:
    indexed = {index["logstore"] for index in default_stack.of_type("log_store_index")}
    assert indexed == {f"${{{store.address}.logstore_name}}" for store in default_stack.of_type("log_store")}
