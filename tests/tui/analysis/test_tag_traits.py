"""What a tag's words say."""

from __future__ import annotations

import pytest

from tui.analysis.tag_traits import traits, words


@pytest.mark.parametrize(
    "tag", ["loss", "train/loss", "trainLoss", "total_loss", "loss2", "val/nll", "PPL", "mse", "Box_Loss"]
)
def test_losses(tag: str) -> None:
    assert traits(tag).loss


@pytest.mark.parametrize(
    "tag", ["kl_loss", "aux_loss", "loss/reg", "neg_log_perplexity", "acc", "lr", "loss_scale", "x", "time"]
)
def test_what_is_no_loss_of_the_task(tag: str) -> None:
    assert not traits(tag).loss


@pytest.mark.parametrize(
    ("tag", "about"),
    [
        ("val/acc", ("score", "val")),
        ("metrics/mAP_0.5", ("score", None)),
        ("F1", ("score", None)),
        ("rollout/ep_rew_mean", ("contest", None)),
        ("Policy Loss", ("contest", None)),
        ("loss/discriminator", ("contest", None)),
        ("loss_D", ("contest", None)),
        ("loss_d0", (None, None)),
        ("gradients/layer.0", ("gradient", None)),
        ("train/grad_norm", ("gradient", "train")),
        ("activations/relu_1", ("activation", None)),
        ("test/activity", (None, "val")),
    ],
)
def test_other_traits(tag: str, about: tuple[str | None, str | None]) -> None:
    found = traits(tag)
    names = [name for name in ("score", "contest", "gradient", "activation") if getattr(found, name)]
    assert (names, found.split) == ([about[0]] if about[0] else [], about[1])


def test_of_a_tag_of_megabytes_the_last_words_count() -> None:
    assert words("val/" + "x/" * 10**6 + "loss") == ("x",) * 510 + ("loss",)
