"""What a browser tells of where a request comes from; rates."""

from __future__ import annotations

import socket

import pytest

from storybot.home.page.guard import own_names, refusal
from storybot.home.page.rate_limit import ADDRESSES_MAX, Bucket, BucketPerAddress

NAMES = own_names("Stories.lan, box.home")
HERE = {"Host": "localhost:8080"}
POSTED = HERE | {"Origin": "http://localhost:8080", "Content-Type": "application/json"}


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "localhost:8080", "LOCALHOST", "127.0.0.1:8080", "192.168.1.7", "[::1]:8080",
        "[fe80::1]", "stories.lan:8080", "box.home.", socket.gethostname(),
        f"{socket.gethostname()}.local:1",
    ],
)  # fmt: skip
def test_our_names(host: str) -> None:
    assert refusal("GET", "/", {"Host": host}, NAMES) is None


@pytest.mark.parametrize(
    "host",
    [
        "", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "localhost:x",
        "localhost@evil.example", "lan", "[::1", "::1", "a b", "localhost:123456", "1.2.3", "é",
    ],
)  # fmt: skip
def test_other_names(host: str) -> None:
    """A name that somebody else's server leads to our address (DNS rebinding)."""
    assert refusal("GET", "/", {"Host": host}, NAMES) == (421, "wrong-host")
    assert refusal("GET", "/", {}, NAMES) == (421, "wrong-host")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "x"])
def test_what_another_page_asks(site: str) -> None:
    headers = {"Sec-Fetch-Site": site}
    assert refusal("GET", "/", HERE | headers, NAMES) is None, "a link leads here"
    for path in ("/api/events", "/stories/1", "/page.js"):
        assert refusal("GET", path, HERE | headers, NAMES) == (403, "other-site")
    assert refusal("POST", "/api/do", POSTED | headers, NAMES) == (403, "other-site")


@pytest.mark.parametrize(
    "origin", ["", "null", "http://evil.example", "http://localhost", "http://localhost:80800"]
)
def test_a_change_needs_our_origin(origin: str) -> None:
    assert refusal("POST", "/api/do", POSTED, NAMES) is None
    assert refusal("POST", "/api/do", POSTED | {"Origin": origin}, NAMES) == (403, "other-origin")


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_a_change_is_json(kind: str) -> None:
    """Of these a form of another page could make a request without asking for leave."""
    assert refusal("POST", "/api/do", POSTED | {"Content-Type": kind}, NAMES) == (415, "no-json")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "get"])
def test_other_methods(method: str) -> None:
    assert refusal(method, "/", HERE, NAMES) == (405, "wrong-method")


def test_a_bucket() -> None:
    now = [0.0]
    bucket = Bucket(2.0, 3.0, lambda: now[0])
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now[0] = 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    now[0] = 100.0
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]


def test_buckets_of_many_addresses() -> None:
    """They do not grow without end, and one address does not spend another one's."""
    buckets = BucketPerAddress(0.0, 1.0, lambda: 0.0)
    assert buckets.take("a") and not buckets.take("a") and buckets.take("b")
    for one in range(ADDRESSES_MAX):
        assert buckets.take(str(one))
    assert len(buckets._buckets) == ADDRESSES_MAX
