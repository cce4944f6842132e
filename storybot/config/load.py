"""Reads config.yaml files and the environment into `Settings`, and says where each value is from.

Order, later wins: the defaults in `schema.py`, /etc/storybot/config.yaml,
~/.config/storybot/config.yaml, the file of `--config`, STORYBOT_SECTION_KEY in the environment.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, fields, replace
from pathlib import Path
from typing import Any

import yaml

from storybot.config import as_shipped
from storybot.config.as_shipped import ENVIRONMENT_PREFIX
from storybot.config.check import CheckLevel, find_faults
from storybot.config.schema import Settings
from storybot.config.values import checked, nearest
from storybot.config.yaml_values import Unreadable, is_text, text_of_key, value_of, why_unreadable
from storybot.data import DATA_FOLDER
from storybot.errors import Exit, StorybotError

SYSTEM_FILE = Path(as_shipped.SYSTEM_FILE)
TOO_DEEP = "is nested too deeply; a setting is one line 'key: value' in its section"
SECTIONS = tuple(section.name for section in fields(Settings))
FIELDS = {
    (s.name, f.name): f for s in fields(Settings) for f in fields(getattr(Settings(), s.name))
}
RENAMED = {  # old names, which go on working
    (section, f.metadata["was"]): name
    for (section, name), f in FIELDS.items()
    if isinstance(f.metadata.get("was"), str) and f.metadata["was"]
}


@dataclass(frozen=True)
class Fault:
    """One wrong place in a configuration."""

    where: str  # "config.yaml:12" or "environment STORYBOT_..."
    key: str  # "hearing.microphone"
    sentence: str  # what was expected

    def __str__(self) -> str:
        return f"{self.where}: {self.key}: {self.sentence}"


@dataclass(frozen=True)
class Loaded:
    """Settings together with the origin of every value."""

    settings: Settings
    origin: Mapping[str, str]  # "hearing.microphone" -> "default" or a file and line


@dataclass(frozen=True)
class GivenValue:
    """One value from a file or the environment, not yet checked."""

    where: str
    section: str
    key: str
    value: object


def user_file() -> Path:
    """The configuration file of the user who runs storybot."""
    base = os.environ.get("XDG_CONFIG_HOME") or Path("~/.config").expanduser()
    return Path(base) / "storybot" / "config.yaml"


def shipped_file() -> Path:
    """The commented default: beside the package in a checkout, inside it when installed."""
    installed = DATA_FOLDER / "config.yaml"
    return installed if installed.exists() else Path(__file__).parents[2] / "config.yaml"


def load_settings(
    explicit: Path | None = None,
    environment: Mapping[str, str] | None = None,
    *,
    trial: CheckLevel = CheckLevel.SERVE,
) -> Loaded:
    """All layers merged; raises StorybotError naming every fault, one a line."""
    env = os.environ if environment is None else environment
    files = [path for path in (SYSTEM_FILE, user_file()) if path.exists()]
    if explicit is not None:
        files.append(explicit)
    given: list[GivenValue] = []
    faults: list[Fault] = []
    for path in files:
        _gather(path, given, faults)
    given.extend(_from_environment(env, faults))
    loaded = _apply(given, faults, trial)
    if faults:
        raise StorybotError("\n".join(map(str, faults)), Exit.CONFIG)
    return loaded


def check_file(path: Path) -> list[Fault]:
    """Every fault in one file, in the order of its lines."""
    given: list[GivenValue] = []
    faults: list[Fault] = []
    _gather(path, given, faults)
    _apply(given, faults, CheckLevel.SERVE)
    return faults


def _gather(path: Path, given: list[GivenValue], faults: list[Fault]) -> None:
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except OSError as error:
        reason = error.strerror or str(error)
        faults.append(Fault(str(path), "file", f"cannot be read ({reason}); check its path"))
        return
    except UnicodeDecodeError:
        faults.append(Fault(str(path), "file", "is not UTF-8 text"))
        return
    except RecursionError:
        faults.append(Fault(str(path), "file", TOO_DEEP))
        return
    except yaml.YAMLError as error:
        line, problem = why_unreadable(text, error)
        where = str(path) if line is None else f"{path}:{line + 1}"
        faults.append(Fault(where, "file", f"is not valid YAML: {problem}"))
        return
    if root is None:
        return
    if not isinstance(root, yaml.MappingNode):
        faults.append(Fault(f"{path}:1", "file", "expected sections such as 'hearing:'"))
        return
    _repeated(path, root, "", faults)
    for section_node, body in root.value:
        section = text_of_key(section_node)
        where = f"{path}:{section_node.start_mark.line + 1}"
        empty = isinstance(body, yaml.ScalarNode) and body.value in ("", "null", "~")
        if empty or section not in SECTIONS:
            given.append(GivenValue(where, section, "", None))
            continue
        if not isinstance(body, yaml.MappingNode):
            faults.append(Fault(where, section, "expected a section with 'key: value' lines"))
            continue
        _repeated(path, body, f"{section}.", faults)
        for key_node, value_node in body.value:
            at = f"{path}:{key_node.start_mark.line + 1}"
            key = RENAMED.get((section, text_of_key(key_node)), text_of_key(key_node))
            given.extend(_constructed(value_node, GivenValue(at, section, key, None), faults))


def _repeated(path: Path, mapping: yaml.MappingNode, prefix: str, faults: list[Fault]) -> None:
    """A fault for each key given again: YAML would let the last one win without a word."""
    first: dict[str, int] = {}  # key -> its line
    for node, _ in mapping.value:
        key, line = text_of_key(node), node.start_mark.line + 1
        if key in first:
            wrong = f"is in line {first[key]} already; remove one of them"
            faults.append(Fault(f"{path}:{line}", f"{prefix}{key}", wrong))
        first.setdefault(key, line)


def _from_environment(env: Mapping[str, str], faults: list[Fault]) -> Iterator[GivenValue]:
    known = {
        f"{ENVIRONMENT_PREFIX}{s.name}_{f.name}".upper(): (s.name, f.name) for s, f in _all_fields()
    }
    for (section, old), key in RENAMED.items():
        known[f"{ENVIRONMENT_PREFIX}{section}_{old}".upper()] = (section, key)
    for name in sorted(env):
        if not name.startswith(ENVIRONMENT_PREFIX) or name in as_shipped.NO_SETTINGS:
            continue
        if name not in known:
            hint = nearest(name, list(known))
            faults.append(Fault("environment", name, f"is no setting{hint}"))
            continue
        section, key = known[name]
        at = GivenValue(f"environment {name}", section, key, env[name])
        if not env[name] or is_text(FIELDS[section, key]):
            yield at
            continue
        try:
            node = yaml.compose(env[name], Loader=yaml.SafeLoader)
        except RecursionError:
            faults.append(Fault(at.where, f"{section}.{key}", TOO_DEEP))
        except yaml.YAMLError:
            yield at
        else:
            if isinstance(node, yaml.ScalarNode):
                yield from _constructed(node, at, faults)
            else:
                yield at


def _constructed(node: yaml.Node, at: GivenValue, faults: list[Fault]) -> Iterator[GivenValue]:
    """`at` with the value of `node`, or a fault."""
    try:
        yield replace(at, value=value_of(node, FIELDS.get((at.section, at.key))))
    except RecursionError:
        faults.append(Fault(at.where, f"{at.section}.{at.key}", TOO_DEEP))
    except Unreadable as wrong:
        faults.append(Fault(at.where, f"{at.section}.{at.key}", str(wrong)))


def _all_fields() -> Iterator[tuple[Field[Any], Field[Any]]]:
    for section in fields(Settings):
        for key in fields(getattr(Settings(), section.name)):
            yield section, key


def _changed(settings: Settings) -> set[str]:
    """The settings that are not at their defaults."""
    usual = Settings()
    return {
        f"{section.name}.{key.name}"
        for section, key in _all_fields()
        if getattr(getattr(settings, section.name), key.name)
        != getattr(getattr(usual, section.name), key.name)
    }


def _apply(given: list[GivenValue], faults: list[Fault], trial: CheckLevel) -> Loaded:
    settings = Settings()
    origin = {f"{s.name}.{f.name}": "default" for s, f in _all_fields()}
    for one in given:
        if one.section not in SECTIONS:
            hint = nearest(one.section, SECTIONS)
            faults.append(Fault(one.where, one.section, f"is no section{hint}"))
            continue
        if not one.key:
            continue
        part = getattr(settings, one.section)
        keys = {f.name: f for f in fields(part)}
        name = f"{one.section}.{one.key}"
        if one.key not in keys:
            hint = nearest(one.key, list(keys))
            faults.append(Fault(one.where, name, f"is no setting{hint}"))
            continue
        value, wrong = checked(keys[one.key], one.value)
        if wrong:
            faults.append(Fault(one.where, name, wrong))
            continue
        settings = replace(settings, **{one.section: replace(part, **{one.key: value})})
        origin[name] = one.where
    for key, wrong in find_faults(settings, _changed(settings), trial):
        faults.append(Fault(origin[key], key, wrong))
    return Loaded(settings, origin)
