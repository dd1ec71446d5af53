"""Whether concepts stand in the order of a real text: a classifier of a few consecutive ones.

It stands where the LCM paper has the coherence of Jwalapuram et al. 2022 (section 2.4), and is another, smaller thing:
it sees concept vectors, not words, and knows three ways to go wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import nn

from .encoder import CONCEPT_DIM

WINDOW = 6  # consecutive concepts, of which the last is what is judged where a next sentence is
WIDTH, LAYERS, HEADS = 128, 2, 4
NOISE = 0.5  # largest, of the concept's norm: what is said again is said in other words


class OrderClassifier(nn.Module):
    """Windows (B, WINDOW, D) of unit length -> (B,) log-odds that it is a real text's own."""

    def __init__(self) -> None:
        super().__init__()
        self.frontend = nn.Linear(CONCEPT_DIM, WIDTH)
        self.closeness = nn.Linear(WINDOW, WIDTH)
        self.places = nn.Parameter(torch.zeros(WINDOW, WIDTH))
        layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 2 * WIDTH, 0.1, "gelu", batch_first=True, norm_first=True)
        self.body = nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
        self.out = nn.Linear(WIDTH, 1)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        # Each concept is read with its similarities to all: what is said again shows there and nowhere else.
        similarities = windows @ windows.transpose(1, 2)  # (B, WINDOW, WINDOW)
        read = self.frontend(windows * CONCEPT_DIM**0.5) + self.closeness(similarities * WINDOW) + self.places
        return self.out(self.body(read).mean(1)).squeeze(-1)


def restored(weights: Mapping[str, torch.Tensor]) -> OrderClassifier:
    """What a checkpoint of models.scripts.train_order_classifier holds, ready to run."""
    model = OrderClassifier()
    model.load_state_dict(weights)
    return model.eval()


def shuffled(windows: torch.Tensor, strangers: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Each window in an order that is not its own."""
    order = torch.rand(windows.shape[:2], generator=generator).argsort(1)
    own = (order == torch.arange(WINDOW)).all(1, keepdim=True)
    order = torch.where(own, order.flip(1), order)
    return windows.gather(1, order.unsqueeze(-1).expand_as(windows))


def swapped(windows: torch.Tensor, strangers: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """The last concept is a stranger: one of another text."""
    return torch.cat([windows[:, :-1], strangers.unsqueeze(1)], dim=1)


def repeated(windows: torch.Tensor, strangers: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """The last concept says one of the earlier ones again, noised."""
    rows = torch.arange(len(windows))
    earlier = windows[rows, torch.randint(WINDOW - 1, (len(windows),), generator=generator)]
    strength = NOISE * torch.rand(len(windows), 1, generator=generator)
    noise = torch.randn(earlier.shape, generator=generator) / earlier.shape[1] ** 0.5
    again = nn.functional.normalize(earlier + strength * noise, dim=-1)
    return torch.cat([windows[:, :-1], again.unsqueeze(1)], dim=1)


# Windows (B, WINDOW, D), a concept of another text for each (B, D) -> windows that no writer wrote.
CORRUPTIONS: dict[str, Callable[[torch.Tensor, torch.Tensor, torch.Generator], torch.Tensor]] = {
    "shuffled": shuffled,
    "swapped": swapped,
    "repeated": repeated,
}
