"""The noise schedules of Meta's code, and what a denoiser says on them (LCM paper, section 2.3.3, eq. 9 to 14)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from ..checkpoint_error import CheckpointError
from ..noise_schedule import scaled_linear, sigmoid, squaredcos_cap_v2, zero_terminal_snr

SCHEDULES = ("squaredcos_cap_v2", "linear", "scaled_linear", "sigmoid")
PREDICTIONS = ("sample", "epsilon", "v_prediction")


@dataclass(frozen=True)
class Schedule:
    name: str
    bars: torch.Tensor  # (T,) float64, alphas_cumprod
    prediction: str

    @staticmethod
    def of(scheduler: dict[str, Any]) -> Schedule:
        """scheduler: the card's noise_scheduler. Raises CheckpointError for what the sampler's graph cannot do."""
        name, prediction = scheduler["beta_schedule"], scheduler["prediction_type"]
        for field, value, expected in (
            ("beta_schedule", name, SCHEDULES),
            ("prediction_type", prediction, PREDICTIONS),
            ("clip_sample", scheduler["clip_sample"], (False,)),
            ("thresholding", scheduler["thresholding"], (False,)),
        ):
            if value not in expected:
                names = ", ".join(map(str, expected))
                raise CheckpointError(f"noise_scheduler.{field} is {value!r}, expected one of: {names}")
        bars = alphas_cumprod(scheduler)
        if scheduler["rescale_betas_zero_snr"]:
            bars = zero_terminal_snr(bars)
            if prediction == "epsilon":
                raise CheckpointError(
                    "noise_scheduler.prediction_type is 'epsilon' with rescale_betas_zero_snr: where nothing but noise "
                    "is left, the noise does not tell the concept, so that such a model cannot be sampled"
                )
        if not bars.isfinite().all() or not (bars[1:] < bars[:-1]).all():
            raise CheckpointError(f"noise_scheduler: the numbers of {name!r} make no schedule in which noise grows")
        return Schedule(name, bars, prediction)

    def mixture(self) -> torch.Tensor:
        """-> (T, 2): how much of its input x and of what the denoiser says makes x0, at each timestep."""
        signal, noise = self.bars.sqrt(), (1 - self.bars).sqrt()
        if self.prediction == "sample":
            pair = (torch.zeros_like(signal), torch.ones_like(signal))
        elif self.prediction == "epsilon":
            pair = (1 / signal, -noise / signal)
        else:
            pair = (signal, -noise)
        return torch.stack(pair, dim=-1).float()


def alphas_cumprod(scheduler: dict[str, Any]) -> torch.Tensor:
    """(T,) float64, before it is rescaled to end in pure noise."""
    name, steps = scheduler["beta_schedule"], scheduler["num_diffusion_train_steps"]
    if name == "squaredcos_cap_v2":
        return squaredcos_cap_v2(steps)
    if name == "sigmoid":
        return sigmoid(scheduler["sigmoid_schedule_alpha"], scheduler["sigmoid_schedule_beta"])(steps)
    exponent = 1.0 if name == "linear" else scheduler["scaled_linear_exponent"]
    return scaled_linear(scheduler["beta_start"], scheduler["beta_end"], exponent)(steps)
