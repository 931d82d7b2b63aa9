"""What every export can be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, TypedDict

WeightMode: TypeAlias = Literal["column", "repeat", "sample", "drop"]
Arguments: TypeAlias = Literal["object", "string"]
Tools: TypeAlias = Literal["string", "list"]
Mask: TypeAlias = Literal["train", "weight"]
Dialect: TypeAlias = Literal["messages", "sharegpt"]

MOST_TIMES = 100
"""More copies of a row than this are no weight but a mistake."""


class Options(TypedDict, total=False):
    """The keyword arguments of every export; see `Settings` for what each means."""

    min_confidence: float
    min_weight: float
    per_run: int | None
    system: bool
    join_silent_calls: bool
    mask: Mask | None
    weight_mode: WeightMode
    times: int
    seed: int
    provenance: bool


@dataclass(frozen=True)
class Settings:
    """What every export can be told.

    >>> Settings(weight_mode="repeat").times
    4
    """

    min_confidence: float = 0.0
    """Goals below this confidence are skipped; `analyze` has a threshold of its own."""
    min_weight: float = 0.3
    """Runs below this weight are skipped: the δ of the paper."""
    per_run: int | None = None
    """The most goals of a run, best first; `None` for all that `analyze` found."""
    system: bool = True
    """Whether the system prompt of the run is written."""
    join_silent_calls: bool = False
    """Whether neighbouring calls are one message where the later ones have no thought. The frame does not
    tell parallel calls from a silent agent's successive ones, so this is for logs known to be parallel."""
    mask: Mask | None = None
    """What becomes of the steps outside the slice. With `None` they are left out. With the field that a
    trainer masks a message by, `"train"` (Axolotl) or `"weight"` (OpenAI), the calls before the goal's last
    step stand as context, masked, with what they returned and without their thoughts, which are after the
    original goal. Only `sft` has it."""
    weight_mode: WeightMode = "column"
    """How the weight reaches a trainer. Most trainers take none: `"repeat"` writes a row `weight * times`
    times, `"sample"` with probability `weight`; `"column"` writes it beside the row, `"drop"` not at all."""
    times: int = 4
    """The copies that a weight of 1 gives, for `"repeat"`."""
    seed: int = 0
    """Seeds `"sample"`. The draw depends on it, the run's id and the goal alone."""
    provenance: bool = True
    """Whether `<name>.provenance.jsonl` is written: where each row is from, and what supports it."""

    def __post_init__(self) -> None:
        for name in ("min_confidence", "min_weight"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}: found {getattr(self, name)}, needed a number from 0 to 1")
        if self.per_run is not None and self.per_run < 1:
            raise ValueError(f"per_run: found {self.per_run}, needed 1 or more, or None for no limit")
        if self.mask not in (None, "train", "weight"):
            raise ValueError(f"mask: found {self.mask!r}, needed 'train', 'weight' or None")
        if self.weight_mode not in ("column", "repeat", "sample", "drop"):
            raise ValueError(
                f"weight_mode: found {self.weight_mode!r}, needed 'column', 'repeat', 'sample' or 'drop'"
            )
        if not 1 <= self.times <= MOST_TIMES:
            raise ValueError(f"times: found {self.times}, needed a whole number from 1 to {MOST_TIMES}")
        if not 0 <= self.seed < 2**64:
            raise ValueError(f"seed: found {self.seed}, needed a whole number from 0 to 2**64 - 1")

    def rendering(self) -> dict[str, object]:
        """Give the part of the settings that the compiled renderer reads."""
        names = ("system", "join_silent_calls", "mask", "times", "seed")
        return {name: getattr(self, name) for name in names} | {"weight_mode": self.weight_mode}
