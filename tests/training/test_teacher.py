"""The teacher in small: its cache, its stories, and what becomes of them. Needs PyTorch."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is installed by `make train` only")
np = pytest.importorskip("numpy")

from training.batches import BOS, Tokens, epoch  # noqa: E402
from training.scoring import nats  # noqa: E402
from training.teach import text_only  # noqa: E402
from training.teacher import Teacher, TeacherShape  # noqa: E402
from training.teacher_stories import PACKED_EVERY, drawn, tell  # noqa: E402

SMALL = TeacherShape(dim=24, hidden=32, layers=2, heads=6, kv_heads=2, vocabulary=40, context=32)


@pytest.fixture
def teacher() -> Teacher:
    torch.manual_seed(3)
    made = Teacher(SMALL)
    for weights in made.parameters():
        if weights.ndim == 2:
            weights.data.normal_(0, 0.4)
    return made


def test_a_token_at_a_time_gives_the_logits_of_the_whole_row(teacher: Teacher) -> None:
    tokens = torch.randint(0, 40, (3, 12))
    size = (2, 3, SMALL.kv_heads, 12, SMALL.dim // SMALL.heads)
    caches = [torch.empty(size) for _ in range(SMALL.layers)]
    with torch.no_grad():
        steps = [teacher.step(tokens[:, at], caches, at) for at in range(12)]
        whole = teacher.logits(teacher(tokens))
    assert torch.allclose(torch.stack(steps, 1), whole, atol=1e-4)


def test_stories_begin_as_asked_and_end(teacher: Teacher) -> None:
    stories = tell(teacher, [[7, 8, 9]] * 128, 32, 0.001)
    assert stories
    assert all(BOS not in story.ids and len(story) < 32 for story in stories)
    assert all(list(story.ids[:3]) == [7, 8, 9] for story in stories)
    assert max(map(len, stories)) > PACKED_EVERY, "told on after others were given up"
    assert tell(teacher, [[]] * 8, 32, 0.001)


def test_what_could_not_be_told_to_its_end_is_left_out(teacher: Teacher) -> None:
    teacher.embedding.data[BOS] = 0
    teacher.embedding.data[5] = 100 * teacher.norm.weight.data
    assert tell(teacher, [[6, 6]] * 8, 4, 0.9) == []


def test_what_is_much_less_likely_is_never_drawn() -> None:
    logits = torch.tensor([[0.0, 0.0, -4.0]]).repeat(4000, 1)
    assert set(drawn(logits, 0.05).tolist()) == {0, 1}
    assert set(drawn(logits, 0.001).tolist()) == {0, 1, 2}


def test_the_teacher_learns_text_without_keywords(teacher: Teacher) -> None:
    story = Tokens(np.array([9, 3, 4, 9, 8], np.uint16), np.array([0, -1, -1, 1, 1], np.int16))
    assert list(text_only(story).ids) == [9, 9, 8]
    (batch,) = epoch([text_only(story)], 64, SMALL.context, 1)
    before = nats(teacher, batch, torch.float32)
    before.backward()
    with torch.no_grad():
        for weights in teacher.parameters():
            weights -= 0.01 * weights.grad
        assert nats(teacher, batch, torch.float32) < before


def test_processes_share_the_batches_of_an_epoch() -> None:
    stories = [Tokens.plain([5 + (i % 20)] * (3 + i % 9)) for i in range(300)]
    whole = [batch.inputs for batch in epoch(stories, 128, 32, 4)]
    shares = [[batch.inputs for batch in epoch(stories, 128, 32, 4, mine, 3)] for mine in range(3)]
    dealt = [shares[turn % 3][turn // 3] for turn in range(len(whole))]
    assert all(torch.equal(one, other) for one, other in zip(whole, dealt, strict=True))
