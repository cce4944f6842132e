"""Needs PyTorch, which only training needs; skips without it."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is installed by `make train` only")
np = pytest.importorskip("numpy")

from training.batches import Tokens, epoch, pad  # noqa: E402
from training.export import checkpoint_bytes  # noqa: E402
from training.grow import grow_weights  # noqa: E402
from training.model import ChunkedLoss, Shape, StoryModel  # noqa: E402
from training.muon import orthogonal  # noqa: E402

SMALL = Shape(dim=32, hidden=64, layers=2, heads=2, vocabulary=64, context=16)


def test_chunked_loss_has_the_gradients_of_cross_entropy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.model.ROWS_PER_CHUNK", 3)
    torch.manual_seed(1)
    stream = torch.randn(10, 8, requires_grad=True)
    embedding = torch.randn(12, 8, requires_grad=True)
    targets = torch.randint(0, 12, (10,))
    loss = ChunkedLoss.apply(stream, embedding, targets, torch.ones(10), torch.float32)
    found = (loss.detach(), *torch.autograd.grad(loss, (stream, embedding)))
    plain = torch.nn.functional.cross_entropy(stream @ embedding.T, targets)
    expected = (plain.detach(), *torch.autograd.grad(plain, (stream, embedding)))
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b)


def test_orthogonal_brings_singular_values_near_one() -> None:
    torch.manual_seed(1)
    values = torch.linalg.svdvals(orthogonal(torch.randn(3, 16, 48)))
    assert values.min() > 0.6
    assert values.max() < 1.3


def test_a_padded_story_is_scored_to_the_token_that_ends_it() -> None:
    batch = pad([Tokens.plain([5, 6, 7])], context=16)
    assert batch.inputs[0, :4].tolist() == [1, 5, 6, 7]
    assert batch.targets[0, :4].tolist() == [5, 6, 7, 1]
    assert batch.weights[0].tolist() == [1, 1, 1, 1] + [0] * 12


def test_a_story_longer_than_the_context_is_cut() -> None:
    batch = pad([Tokens.plain(range(2, 42))], context=16)
    assert batch.inputs[0].tolist() == [1, *range(2, 17)]
    assert batch.targets[0].tolist() == list(range(2, 18))
    assert batch.weights.sum() == 16


# text 5 6 | keywords 90 91 92 of the text 7 8 | text 9 without keywords
TAGGED = Tokens(
    np.array([5, 6, 90, 91, 92, 7, 8, 9], np.uint16),
    np.array([0, 0, -1, -1, -1, 1, 1, 0], np.int16),
)


def test_keywords_take_the_positions_before_their_sentence_and_are_not_asked_for() -> None:
    batch = pad([TAGGED], context=16)
    assert batch.positions[0, :9].tolist() == [0, 1, 2, 0, 1, 2, 3, 4, 5]
    assert batch.targets[0, :9].tolist() == [5, 6, 7, 7, 7, 7, 8, 9, 1]
    assert batch.weights[0, :9].tolist() == [1, 1, 1, 0, 0, 1, 1, 1, 1]


def test_keywords_are_seen_by_their_own_sentence_alone() -> None:
    mask = pad([TAGGED], context=16).mask()[0, 0]
    keywords = slice(3, 6)
    assert mask[5, keywords].all()
    assert mask[6, keywords].all()
    assert mask[7, keywords].all()
    assert not mask[8, keywords].any()
    assert mask[8, :3].all()
    assert not mask[4, 5]


def test_text_without_keywords_is_what_it_was() -> None:
    torch.manual_seed(1)
    model = StoryModel(SMALL)
    batch = pad([Tokens.plain([5, 6, 7, 8])], context=16)
    with torch.no_grad():
        masked = model(batch.inputs, torch.float32, batch.positions, batch.mask())
        plain = model(batch.inputs)
    torch.testing.assert_close(masked[0, :5], plain[0, :5])


def test_an_epoch_holds_every_story_once() -> None:
    rng = np.random.default_rng(1)
    stories = [Tokens.plain([10 + i] * int(rng.integers(1, 14))) for i in range(50)]
    seen = [int(row[1]) for batch in epoch(stories, 64, 16, seed=3) for row in batch.inputs]
    assert sorted(seen) == list(range(10, 60))


def reference_logits(data: bytes, tokens: list[int]) -> np.ndarray:
    """Logits after each of `tokens`, from a version-0 checkpoint read as the format says."""
    dim, hidden, layers, heads, _, vocabulary, _ = struct.unpack_from("<7i", data)
    flat, at = np.frombuffer(data, np.float32, offset=28).astype(np.float64), 0

    def take(*sizes: int) -> np.ndarray:
        nonlocal at
        part = flat[at : at + int(np.prod(sizes))].reshape(sizes)
        at += part.size
        return part

    embedding, norm1 = take(vocabulary, dim), take(layers, dim)
    wq, wk, wv, wo = (take(layers, dim, dim) for _ in range(4))
    norm2, w1 = take(layers, dim), take(layers, hidden, dim)
    w2, w3, last = take(layers, dim, hidden), take(layers, hidden, dim), take(dim)

    def normed(x: np.ndarray, gain: np.ndarray) -> np.ndarray:
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * gain

    size, time = dim // heads, len(tokens)
    angle = np.outer(np.arange(time), 10000.0 ** (-np.arange(0, size, 2) / size))
    turn = np.exp(1j * angle)[:, None, :]

    def turned(x: np.ndarray) -> np.ndarray:
        pairs = x.reshape(time, heads, size // 2, 2)
        spun = (pairs[..., 0] + 1j * pairs[..., 1]) * turn
        return np.stack((spun.real, spun.imag), -1).reshape(time, heads, size)

    x = embedding[tokens]
    for i in range(layers):
        y = normed(x, norm1[i])
        q, k = turned(y @ wq[i].T), turned(y @ wk[i].T)
        v = (y @ wv[i].T).reshape(time, heads, size)
        scores = np.einsum("ahd,bhd->hab", q, k) / np.sqrt(size)
        scores[:, np.triu(np.ones((time, time), bool), 1)] = -np.inf
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        x = x + np.einsum("hab,bhd->ahd", weights, v).reshape(time, dim) @ wo[i].T
        y = normed(x, norm2[i])
        gate = y @ w1[i].T
        x = x + (gate / (1 + np.exp(-gate)) * (y @ w3[i].T)) @ w2[i].T
    return normed(x, last) @ embedding.T


def test_an_exported_checkpoint_means_what_the_trained_model_meant() -> None:
    torch.manual_seed(1)
    model = StoryModel(SMALL)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.2)
        tokens = [1, 5, 9, 33, 2, 60, 7]
        ours = model.logits(model(torch.tensor([tokens])))[0].numpy()
    shape = {name: getattr(SMALL, name) for name in SMALL.__dataclass_fields__}
    theirs = reference_logits(checkpoint_bytes(shape, model.state_dict()), tokens)
    np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3)


def test_a_grown_model_says_what_the_small_one_said() -> None:
    torch.manual_seed(1)
    small = StoryModel(SMALL)
    with torch.no_grad():
        for parameter in small.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
        after = replace(SMALL, dim=64, hidden=96, layers=3, heads=4)
        large = StoryModel(after)
        large.load_state_dict(grow_weights(small.state_dict(), SMALL, after))
        tokens = torch.tensor([[1, 5, 9, 33, 2, 60, 7]])
        before, now = (one.logits(one(tokens)).log_softmax(-1) for one in (small, large))
    assert float((before - now).abs().max()) < 0.15
    assert float((before - now).abs().mean()) < 0.03
