"""The services at work: each module keeps one part of the running daemon going."""

import sys

# The daemon talks to nobody over a network: asyncio does without OpenSSL, which is 5 MB.
sys.modules.setdefault("ssl", None)  # type: ignore[arg-type]
