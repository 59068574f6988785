"""What a tag's name says about how its curve may behave, and which tags belong together."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from tui.analysis.statistics import TELLING, goal

Split = Literal["train", "val"]


def _set(said: str) -> frozenset[str]:
    return frozenset(said.split())


_WORD = re.compile(r"[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+")
_LOSS = _set(
    "loss losses nll bce ce crossentropy logloss perplexity ppl mse mae rmse mape nrmse error errors err cer wer cost "
    "costs"
)
# These may rise while all is well, or are no measure of the task; `neg_log_perplexity` is better when more.
_NO_TASK = _set(
    "kl kld divergence entropy reg regularization regularizer penalty l1 l2 commit commitment codebook aux auxiliary "
    "balance balancing neg negative std var variance min max margin temperature weight weights scale"
)
# Trainings in which nothing need fall: an agent finds other data as it learns, and adversaries play against each other.
_AGENT = _set("reward rewards rew return returns episode episodes ep rollout policy actor critic")
_ADVERSARY = _set("adv adversarial gan gen generator disc discriminator critic")
_LONE_ADVERSARY = frozenset("gd")
_SCORE = _set(
    "acc accuracy ap auc auroc auprc map miou iou f1 dice precision recall bleu rouge psnr ssim top mrr ndcg mcc kappa "
    "score scores"
)
_GRADIENT = _set("grad grads gradient gradients")
_ACTIVATION = _set("act acts activation activations relu")
_VALIDATION = _set("val valid validation eval evaluation test dev holdout")
_TRAINING = _set("train training tr")
_PERIOD = _set("epoch epochs step steps batch iter mean avg average")


class Traits(NamedTuple):
    """What a tag is about.

    `loss`: a loss of the task, which should fall. `score`: a measure of quality, which should rise. `contest`: a tag
    of a training in which nothing need fall. `bare` are its words without those that tell the split.
    """

    loss: bool
    score: bool
    gradient: bool
    activation: bool
    contest: bool
    split: Split | None
    bare: tuple[str, ...]


@lru_cache(1 << 15)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case: `trainLoss/step_1` is train, loss, step and 1."""
    return tuple(word.lower() for word in _WORD.findall(name[-TELLING:]))


@lru_cache(1 << 15)
def traits(tag: str) -> Traits:
    """What a tag's words say."""
    said = words(tag)
    # `loss2` is a loss; `f1` and `l2` are words as they are.
    known, aim = frozenset(said) | {word.rstrip("0123456789") for word in said}, goal(tag)
    is_loss = aim == "min" and bool(known & _LOSS)
    split = split_of(said)
    return Traits(
        loss=is_loss and not known & _NO_TASK,
        score=aim == "max" and bool(known & _SCORE),
        gradient=bool(known & _GRADIENT),
        activation=bool(known & _ACTIVATION),
        contest=bool(known & (_AGENT | _ADVERSARY)) or (is_loss and not _LONE_ADVERSARY.isdisjoint(said)),
        split=split,
        bare=tuple(word for word in said if word not in _VALIDATION | _TRAINING | _PERIOD),
    )


def split_of(said: tuple[str, ...]) -> Split | None:
    """Whether words tell of validation data or of training data; the last such word counts."""
    for word in reversed(said):
        if word in _VALIDATION:
            return "val"
        if word in _TRAINING:
            return "train"
    return None


@lru_cache(1 << 13)
def place_of(run: str) -> tuple[str, Split | None]:
    """A run's name without the split at its end, and that split: `logs/a/train` is (`logs/a`, train).

    Only the last word of the last directory tells one; a run that is called like it as a whole lies in "".
    """
    parent, slash, last = run.rpartition("/")
    said = words(last)
    split = split_of(said[-1:])
    if split is None:
        return run, None
    rest = last[: len(last) - len(said[-1])].rstrip("_-. ") if last.lower().endswith(said[-1]) else last
    return f"{parent}{slash}{rest}".rstrip("/"), split
