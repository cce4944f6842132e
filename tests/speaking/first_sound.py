"""Time from the start of a command to its first sound at the loudspeaker: median of ten.

python -m tests.speaking.first_sound [COMMAND...]     (default: storybot tell about a cat)
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from storybot.system.processes import end_group_now
from tests.speaking.virtual_speaker import missing, virtual_speaker

TIMES = 10
PATIENCE = 15.0  # s for one story to begin


def main() -> int:
    """Measure, print one line a run and the median; returns the exit status."""
    if missing():
        print(f"first_sound: needs {missing()}", file=sys.stderr)
        return 1
    command = sys.argv[1:] or [sys.executable, "-m", "storybot", "tell", "about", "a", "cat"]
    taken = []
    with virtual_speaker() as speaker:
        for _ in range(TIMES):
            with speaker.recording() as recording:
                begun = time.monotonic()
                story = subprocess.Popen(
                    command,
                    env=speaker.environment,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
                while not recording.sounds(begun) and time.monotonic() < begun + PATIENCE:
                    time.sleep(0.1)
                heard = recording.sounds(begun)
                end_group_now(story, 2.0)
            if not heard:
                print("first_sound: nothing was heard", file=sys.stderr)
                return 1
            taken.append(heard[0] - begun)
            print(f"first sound after {taken[-1]:.3f} s")
    print(f"median of {TIMES}: {statistics.median(taken):.3f} s, worst {max(taken):.3f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
