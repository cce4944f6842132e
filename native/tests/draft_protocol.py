"""The line protocol of `storyteller drafts`: draft_protocol.py STORYTELLER SYNTHETIC STORIES"""

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

LONGEST_S = 120.0
failures = 0


def check(what: str, holds: bool, detail: object = "") -> None:
    global failures
    if not holds:
        failures += 1
        print(f"does not hold: {what} {detail}")


@contextlib.contextmanager
def limited(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Kill it after a while, which ends the reading from it, too."""
    killer = threading.Timer(LONGEST_S, process.kill)
    killer.start()
    try:
        yield
    finally:
        killer.cancel()


def answers(storyteller: str, model: str, text: str | bytes, *options: str) -> list[str]:
    """The lines that the process answers to `text`, after its first one."""
    data = text.encode() if isinstance(text, str) else text
    run = subprocess.run(
        [storyteller, "drafts", model, *options],
        input=data,
        capture_output=True,
        check=False,
        timeout=LONGEST_S,
    )
    check("exit code 0, no word on stderr", run.returncode == 0 and not run.stderr, run)
    lines = run.stdout.decode(errors="replace").split("\n")
    check("whole lines, the first is ready", lines[-1] == "" and lines[0].startswith("ready "))
    return lines[1:-1]


def check_errors(storyteller: str, model: str) -> None:
    """Each of these lines is answered by one error, and the next command works."""
    bad = [
        "", " ", "tell a", "told\ta", "draft", "draft 1 2 sentence", "draft 1 2 sentence 4 5",
        "draft 0 1 sentence 4", "draft 33 1 sentence 4", "draft 1 x sentence 4",
        "draft 1 99999999999999999999 sentence 4", "draft 1 1 word 4", "draft 1 1 sentence 0",
        "draft 1 1 sentence 257", "draft  1 1 sentence 4", "keep", "keep 0", "keep x", "keep 0 1",
        "drop now", "told \\", "told a\\q", "plan a\\", "told " + "a " * 9000,
        "told " + "b" * 16000,
        "bias a b", "bias -1 a", "bias nan a", "bias 21 a", "bias 2a b", "bias 2" + " a" * 25,
    ]  # fmt: skip
    for line in bad:
        got = answers(storyteller, model, f"{line}\ntold Once\ndraft 1 1 tokens 3\n")
        kinds = [line.split(" ")[0] for line in got]
        check(f"{line[:40]!r} is an error", kinds == ["error", "ok", "draft", "ok"], got)
    got = answers(storyteller, model, b"told \x00\xff\xfe \r\n\ndraft 2 1 tokens 9")
    kinds = [line.split(" ")[0] for line in got]
    check("bytes of any kind are text", kinds == ["ok", "error", "draft", "draft", "ok"], got)


def check_texts(storyteller: str, model: str) -> None:
    """Escapes, and drafts that depend on seed and number alone."""
    got = answers(storyteller, model, "told a\\\\b\\n\\r\ndraft 9 4 tokens 30\n", "-t", "1.5")
    check("nine drafts and ok", len(got) == 11, got)
    for line in got[1:-1]:
        text = line.split(" ", 7)[7]
        plain = text.replace("\\\\", "").replace("\\n", "").replace("\\r", "")
        check("escapes only", "\\" not in plain and "\r" not in plain, line)
    alone = answers(storyteller, model, "told a\\\\b\\n\\r\ndraft 1 4 tokens 30\n", "-t", "1.5")
    check("draft 0 is the same without the others", alone[1] == got[1], (alone, got[1]))
    for options in (("--kernel", "scalar"), ("-j", "2"), ("--stream",)):
        again = answers(storyteller, model, "told a\\\\b\\n\\r\ndraft 9 4 tokens 30\n", "-t", "1.5",
                        *options)  # fmt: skip
        check(f"the same with {options}", again == got)


def check_ends(storyteller: str, model: str) -> None:
    """A reader that leaves, a writer that leaves, and a kill in the middle of drafts."""
    command = [storyteller, "drafts", model]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    gone = subprocess.run(
        "(echo told Once; sleep 0.3; echo drop; sleep 0.3; echo drop)"
        f" | {storyteller} drafts {model}"
        " | head -n 1; exit ${PIPESTATUS[1]}",
        shell=True, executable="/bin/bash", capture_output=True, check=False,
    )  # fmt: skip
    check("a reader that leaves is no fault", gone.returncode == 0 and not gone.stderr, gone)
    with subprocess.Popen(command, **pipes) as process, limited(process):
        assert process.stdin and process.stdout
        process.stdout.readline()
        process.stdin.write(b"told Once")  # no newline: the end of the input ends the line
        process.stdin.close()
        check("the last line is answered", process.stdout.readline().startswith(b"ok "))
        check("and then it ends", process.wait(10) == 0)
    with subprocess.Popen(command, **pipes) as process, limited(process):
        assert process.stdin and process.stdout
        process.stdin.write(b"draft 32 1 tokens 90\n" * 50)
        process.stdin.flush()
        process.stdout.readline()
        time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        check("it can be killed", process.wait(10) == -signal.SIGKILL)
    with Path("/dev/full").open("wb") as full:
        run = subprocess.run(command, input=b"told a\n", stdout=full, stderr=subprocess.PIPE,
                             check=False)  # fmt: skip
        check("a full disk has its sentence", run.returncode == 3 and b"cannot write" in run.stderr,
              run)  # fmt: skip


def check_keywords(storyteller: str, checkpoint: str, tokenizer: str) -> None:
    """Only a pack that says so knows keywords; packing it again keeps that."""
    run = [storyteller, "pack", checkpoint, tokenizer, "-q", "int8"]
    subprocess.run([*run, "-o", "plain.story"], check=True)
    subprocess.run([*run, "--keywords", "-o", "keywords.story"], check=True)
    again = [storyteller, "pack", "keywords.story", "-q", "int4", "-o", "again.story"]
    subprocess.run(again, check=True)
    for model, word in (("plain", "unknown"), ("keywords", "known"), ("again", "known")):
        info = subprocess.run([storyteller, "info", f"{model}.story", "--verify"], text=True,
                              capture_output=True, check=False)  # fmt: skip
        check(f"{model} {word}", f"\nkeywords: {word}\n" in info.stdout, info)
    for model, answer in (("plain", "error"), ("keywords", "ok")):
        got = answers(storyteller, f"{model}.story", "told Once upon a time.\nplan cat\n")
        check(f"a plan for {model} is {answer}", got[1].split(" ")[0] == answer, got)
    Path("again.story").unlink()


def main() -> None:
    storyteller, synthetic = sys.argv[1:3]
    shape = ["7", "0.004", "96", "128", "2", "4", "4", "20000", "96"]
    subprocess.run([synthetic, "drafts.bin", "drafts.tok", *shape], check=True)
    check_keywords(storyteller, "drafts.bin", "drafts.tok")
    check_errors(storyteller, "keywords.story")
    check_texts(storyteller, "keywords.story")
    check_ends(storyteller, "keywords.story")
    for name in ("drafts.bin", "drafts.tok", "plain.story", "keywords.story"):
        Path(name).unlink()
    print(f"{failures} failures")
    sys.exit(failures > 0)


main()
