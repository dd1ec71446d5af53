"""What an LCM's plans are worth to the decoder: cross-entropy of the true sentence's tokens under them.

After SONAR-LLM (arXiv:2508.05305), which trains through the whole frozen decoder, as `LayerLoss` (layer_loss.py) does.
Here the decoder's states behind the text alone are made once, and the plan is heard as the lexical state that is added
to them: no pass through its layers, neither forwards nor backwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from .corpus import wordable
from .data import ConceptCorpus
from .decoder import ConceptDecoder
from .normalizer import Normalizer
from .packing import END_TOKEN, START_TOKEN
from .role_windows import part, sequence, varied
from .roles import FOLLOWING, HEADING
from .sampler import draw, options_of
from .two_tower import TwoTowerLCM

ROW_TOKENS = 384  # of running text in one pass
TOKENS_A_WINDOW = 384  # that the loss is a mean of
FEWEST_WORDED = 8  # sentences of a window


@dataclass(frozen=True)
class SaidWindow:
    """A window of a text, and the words of its sentences."""

    concepts: torch.Tensor  # (N, D) raw, unit
    roles: torch.Tensor  # (N,) int64, places in ROLES, or NO_ROLE
    sentences: Sequence[Sequence[int]]  # tokens of each one that stands in it
    places: Sequence[int | None]  # which concept each is, None where its words do not count


@dataclass(frozen=True)
class WordedWindow:
    """A window of a text, and what the decoder is about to say at each token of its worded sentences."""

    concepts: torch.Tensor  # (N, D) raw, unit
    roles: torch.Tensor  # (N,) int64, places in ROLES, or NO_ROLE
    states: torch.Tensor  # (M, H) float16, last hidden states without a plan
    targets: torch.Tensor  # (M,) int64
    owners: torch.Tensor  # (M,) int64: the concept of the window whose words they are


def said_windows(corpus: ConceptCorpus, tokenizer: Tokenizer, length: int, worded: int, seed: int) -> list[SaidWindow]:
    """Windows of running text with roles, drawn by the seed, each document once, until so many sentences are worded."""
    rng = np.random.default_rng(seed)
    found, done = [], 0
    for number in rng.permutation(len(corpus.documents)):
        if done >= worded:
            break
        document = corpus.documents[number]
        whole = sequence(document)
        first = int(rng.integers(max(1, len(whole.rows) - length + 1)))
        window = varied(part(whole, first, first + length), rng)
        text = [i for i, role in enumerate(window.roles) if role != HEADING and role not in FOLLOWING]
        sentences = [document.sentences[window.rows[i] - document.body.start] for i in text]
        learnt = [window.weights[i] > 0 and wordable(sentence) for i, sentence in zip(text, sentences, strict=True)]
        if sum(learnt) >= FEWEST_WORDED:
            ids = [e.ids for e in tokenizer.encode_batch([" " + s for s in sentences], add_special_tokens=False)]
            places = [place if worded else None for place, worded in zip(text, learnt, strict=True)]
            found.append(SaidWindow(corpus.window_tensor(window), torch.from_numpy(window.roles), ids, places))
            done += sum(learnt)
    return found


@torch.no_grad()
def worded_window(decoder: ConceptDecoder, window: SaidWindow) -> WordedWindow:
    """Text is read in rows of ROW_TOKENS, each from the start token on, a longer sentence cut off."""
    sentences = window.sentences
    states, targets, owners = [], [], []
    row: list[int] = []  # numbers of the sentences of one row

    def read() -> None:
        ids = [START_TOKEN, *(token for i in row for token in sentences[i])][:ROW_TOKENS]
        found = decoder.language_model.model(input_ids=torch.tensor([ids]), use_cache=False).last_hidden_state[0]
        before = 0  # the place that says the next sentence's first token
        for i in row:
            said, place = [*sentences[i], END_TOKEN], window.places[i]
            if place is not None and before + len(said) <= len(ids):
                states.append(found[before : before + len(said)])
                targets.extend(said)
                owners.extend([place] * len(said))
            before += len(sentences[i])

    length = 1
    for i, sentence in enumerate(sentences):
        if row and length + len(sentence) > ROW_TOKENS:
            read()
            row, length = [], 1
        row.append(i)
        length += len(sentence)
    read()
    said, whose = torch.tensor(targets), torch.tensor(owners)
    return WordedWindow(window.concepts, window.roles, torch.cat(states).half(), said, whose)


class TokenLoss:
    """decoder: frozen, but for its lexical head where that is to learn, too. sampler: settings as in
    models/choices.json, with which the editor's plans are drawn; None, where the conditional mean alone is to be heard.
    windows: at least one, each with at least one token."""

    def __init__(
        self,
        decoder: ConceptDecoder,
        normalizer: Normalizer,
        sampler: Mapping[str, float] | None,
        windows: Sequence[WordedWindow],
        seed: int,
        *,
        head_learns: bool = False,
    ) -> None:
        self.head, self.table = decoder.head.requires_grad_(False), decoder.table.detach()
        self.learned: list[nn.Parameter] = []  # of the decoder
        if head_learns:
            self.learned = [*self.head.lexical.parameters(), self.head.gain]
        for parameter in self.learned:
            parameter.requires_grad_()
        self.normalizer, self.sampler, self.windows = normalizer, sampler, windows
        self.rng = np.random.default_rng(seed)

    @property
    def kept(self) -> dict[str, Mapping[str, torch.Tensor]]:
        """What has learned, for a checkpoint: views of what goes on learning."""
        return {"head": self.head.state_dict()} if self.learned else {}

    def go_on(self, kept: Mapping[str, Mapping[str, torch.Tensor]]) -> None:
        self.head.load_state_dict(kept["head"])

    def __call__(self, model: TwoTowerLCM) -> torch.Tensor:
        """Nats a token, of some tokens of one window: the mean over the plans, conditional mean and sample."""
        window = self.windows[int(self.rng.integers(len(self.windows)))]
        tokens = torch.from_numpy(self.rng.permutation(len(window.targets))[:TOKENS_A_WINDOW])
        plans = plans_of(model, self.normalizer, self.sampler, window)
        lexical = self.head.gain * self.head.lexical(plans)  # (P, N, H)
        logits = (window.states[tokens].float() + lexical[:, window.owners[tokens]]) @ self.table.T  # (P, M, V)
        return nn.functional.cross_entropy(logits.flatten(0, 1), window.targets[tokens].repeat(len(plans)))


def plans_of(
    model: TwoTowerLCM,
    normalizer: Normalizer,
    sampler: Mapping[str, float] | None,
    window: SaidWindow | WordedWindow,
) -> torch.Tensor:
    """(P, N, D) unit: at each place what the concepts before it foretell, the conditional mean and, with a sampler, a
    sample."""
    read = model.shifted(normalizer.normalize(window.concepts).unsqueeze(0), window.roles.unsqueeze(0))
    plans = [model.expected(read)]
    if sampler:
        noise = torch.randn_like(read) * sampler["initialNoiseScale"]
        plans.append(draw(model, read, noise, **options_of(sampler)))
    return nn.functional.normalize(normalizer.denormalize(torch.cat(plans)), dim=-1)
