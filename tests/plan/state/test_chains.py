"""Steps of `moved` blocks: chains, circles, what goes with its module or alone."""

from dicom_cdk.plan.state import chains


def step(old: str, new: str) -> dict[str, str]:
    return {"from": old, "to": new}


def test_chains_are_followed_to_their_end_in_any_order() -> None:
    steps = [step("t.c", "t.d"), step("t.a", "t.b"), step("t.b", "t.c"), step("t.x", "t.y")]
    assert chains.moved({"moved": steps}) == {"t.a": "t.d", "t.b": "t.d", "t.c": "t.d", "t.x": "t.y"}


def test_a_circle_ends_and_what_runs_into_it_moves_nowhere() -> None:
    steps = [step("t.a", "t.b"), step("t.b", "t.a"), step("t.c", "t.c"), step("t.into", "t.a"), step("t.x", "t.y")]
    assert chains.moved({"moved": steps}) == {"t.x": "t.y"}


def test_what_is_in_a_circle_runs_into_one_or_stands_in_a_module_that_does_has_no_end() -> None:
    steps = [
        *(step("t.a", "t.b"), step("t.b", "t.a"), step("t.into", "t.a"), step("module.m", "module.n.module.m")),
        *(step("module.n", "module.m"), step("t.x", "t.y"), step('t.p["a"]', 't.q["a"]'), step('t.q["b"]', 't.p["b"]')),
    ]
    there = ["t.a", "t.into", "module.m.t.z", "t.x", "t.other", "t.p", "t.q"]
    assert chains.circling({"moved": steps}, there) == {"t.a", "t.into", "module.m.t.z"}
    assert chains.circling({}, there) == set()


def test_a_chain_goes_on_where_a_module_or_resource_around_it_moves() -> None:
    steps = [
        step("module.a.t.x", "module.a.t.y"),
        step("module.a", "module.b"),
        step("module.b", 'module.c["k"]'),
        step('t.one["x"]', "t.two[0]"),
        step("t.two", "t.three"),
        step("t.same", "t.same[0]"),
    ]
    assert chains.moved({"moved": steps}) == {
        "module.a.t.x": 'module.c["k"].t.y',
        "module.a": 'module.c["k"]',
        "module.b": 'module.c["k"]',
        't.one["x"]': "t.three[0]",
        "t.two": "t.three",
        "t.same": "t.same[0]",
    }


def test_a_module_that_moves_into_itself_ends() -> None:
    into_itself = {"moved": [step("module.a", "module.a.module.b")]}
    assert chains.moved(into_itself) == {}
    assert chains.came_from(into_itself, ["module.a.t.x"]) == {}


def test_ten_thousand_steps_of_one_chain_lead_to_its_end() -> None:
    steps = [step(f"t.x{number}", f"t.x{number + 1}") for number in range(10_000)]
    for order in (steps, steps[::-1]):
        assert set(chains.moved({"moved": order}).values()) == {"t.x10000"}


def test_what_moves_alone_or_with_its_module_is_found_by_its_new_address() -> None:
    steps = [
        step("module.a", "module.b"),
        step("module.b.t.old", "module.b.t.mid"),
        step("module.b.t.mid", "module.b.module.c.t.new"),
        step("t.root", "module.b.t.root"),
        step("t.one[0]", "t.first"),
        step('t.one["x"]', "t.second"),
        step("t.same", "t.same[0]"),
        step("module.loop", "module.round"),
        step("module.round", "module.loop"),
    ]
    there = [
        "module.a.t.old",
        "module.a.t.stays",
        "module.a.module.d.t.x",
        "t.root",
        "t.one",
        "t.same",
        "module.loop.t.x",
    ]
    assert chains.came_from({"moved": steps}, there) == {
        "module.b.module.c.t.new": "module.a.t.old",
        "module.b.t.stays": "module.a.t.stays",
        "module.b.module.d.t.x": "module.a.module.d.t.x",
        "module.b.t.root": "t.root",
        "t.first": "t.one",
        "t.second": "t.one",
    }


def test_a_key_that_ends_nowhere_is_not_followed_without_end() -> None:
    """Terraform refuses it; every step added the key once more."""
    steps = [step("t.a", 't.a["\\"]'), step("t.x", "t.y")]
    assert chains.moved({"moved": steps}) == {"t.x": "t.y"}
    assert chains.circling({"moved": steps}, ["t.a", "t.x"]) <= {"t.a"}
