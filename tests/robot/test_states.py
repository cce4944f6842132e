"""The robot explored: what holds in every state that any events can lead to."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from storybot.robot import Mode, commands, light
from storybot.robot.events import Timer
from storybot.robot.state import BUSY
from tests.robot.exploring import Found, changes, explored

DOCS = Path(__file__).parents[2] / "docs" / "appliance.md"


class Where:
    """What a failing check shows of a step."""

    def __init__(self, step: Found) -> None:
        self.step = step

    def __repr__(self) -> str:
        before, after = self.step.before, self.step.after
        return f"{before} -- {self.step.label} --> {after} with {self.step.world}"


@pytest.fixture(scope="module", params=[True, False], ids=["small", "full"])
def steps(request: pytest.FixtureRequest) -> tuple[Found, ...]:
    return explored(request.param)


def test_every_state_is_consistent(steps: tuple[Found, ...]) -> None:
    """What the robot believes is what its commands brought about, in every reachable state."""
    assert len(steps) > 5000
    for one in steps:
        robot, world = one.after, one.world
        where = Where(one)
        assert (robot.mode in BUSY) == world.story, where
        assert (robot.mode is Mode.PAUSED) == world.held, where
        assert (Timer.ANSWER in world.alarms) == (robot.mode is Mode.HEARING), where
        assert (Timer.HOLD in world.alarms) == (robot.mode is Mode.PAUSED), where
        assert robot.mode is Mode.ENDING or (Timer.GO_ON in world.alarms) == robot.goes_on, where
        assert robot.bedtime or Timer.SLEEP not in world.alarms, where
        if robot.mode is Mode.ENDING:
            assert world.finished and world.listens_for is None, where
        if robot.mode is Mode.STARTING:
            continue
        assert world.shown is light(robot), where
        if robot.mode in (Mode.IDLE, Mode.DEGRADED):
            assert world.listens_for == "keyphrase", where
            assert bool(robot.missing) == (robot.mode is Mode.DEGRADED), where
        if robot.mode is Mode.HEARING:
            assert world.listens_for == ("choice" if robot.other else "request"), where
        if robot.mode is Mode.ASLEEP:
            assert world.listens_for == (None if robot.quiet else "keyphrase"), where
            assert world.shown is commands.Light.OFF, where
        if robot.mode in BUSY:
            listens_for = "correction" if robot.correctable else "stop"
            assert world.listens_for == (listens_for if robot.barge_in else None), where


def test_small_never_hears_while_it_tells(steps: tuple[Found, ...]) -> None:
    for one in steps:
        if one.after.small:
            assert not (one.world.story and one.world.listens_for)


def test_recogniser_process_is_gone_before_the_engine_starts(steps: tuple[Found, ...]) -> None:
    for one in steps:
        kinds = [type(command) for command in one.todo]
        if commands.Tell in kinds and not one.after.barge_in:
            assert kinds.index(commands.StopListening) < kinds.index(commands.Tell)


def test_night_is_dark(steps: tuple[Found, ...]) -> None:
    for one in steps:
        if one.after.night and one.after.mode is not Mode.STARTING:
            assert one.world.shown is commands.Light.OFF


def test_nothing_follows_the_end(steps: tuple[Found, ...]) -> None:
    ended = [one for one in steps if one.before.mode is Mode.ENDING]
    assert ended
    assert all(one.after == one.before and not one.todo for one in ended)


def test_always_a_way_back_to_listening(steps: tuple[Found, ...]) -> None:
    """From each mode but the end, some events lead to idle: it is never stuck."""
    back: dict[Mode, set[Mode]] = defaultdict(set)
    for one in steps:
        back[one.after.mode].add(one.before.mode)
    reached = {Mode.IDLE}
    while True:
        more = set().union(*(back[mode] for mode in reached)) - reached
        if not more:
            break
        reached |= more
    assert reached == set(Mode) - {Mode.ENDING}


def documented() -> set[tuple[Mode, str, Mode]]:
    found = set()
    modes = {mode.value for mode in Mode}
    for line in DOCS.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and {cells[0], cells[1]} <= modes:
            for label in cells[2].split(";"):
                found.add((Mode(cells[0]), label.strip(), Mode(cells[1])))
    return found


def test_the_documented_table_is_the_truth() -> None:
    """docs/appliance.md lists each change of state, and nothing else."""
    true = changes(explored(True) + explored(False))
    assert true - documented() == set()
    assert documented() - true == set()


def as_table() -> str:
    """The table for docs/appliance.md."""
    rows: dict[tuple[str, str], set[str]] = defaultdict(set)
    for before, label, after in changes(explored(True) + explored(False)):
        rows[before.value, after.value].add(label)
    order = [mode.value for mode in Mode]
    lines = ["| from | to | on |", "|---|---|---|"]
    for key in sorted(rows, key=lambda pair: (order.index(pair[0]), order.index(pair[1]))):
        lines.append(f"| {key[0]} | {key[1]} | {'; '.join(sorted(rows[key]))} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(as_table())
