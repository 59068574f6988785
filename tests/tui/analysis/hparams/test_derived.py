"""Hparams in names of runs and in texts, and what is none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logging_lib.tfevents.hparams import HParam
from tui.analysis.hparams.run_names import hparams_of_name, hparams_of_names
from tui.reader.hparam_text import LONGEST, MOST_KEYS, hparams_of_text, may_hold_hparams


@pytest.mark.parametrize(
    ("name", "hparams"),
    [
        ("lr_0.001", {"lr": 0.001}),
        ("lr0.001_bs64", {"lr": 0.001, "bs": 64.0}),
        ("lr=1e-3,opt=adam", {"lr": 0.001, "opt": "adam"}),
        ("exp-lr1e-3-seed2", {"lr": 0.001, "seed": 2.0}),
        ("a/lr_0.1/bs_32/train", {"lr": 0.1, "bs": 32.0}),
        ("batch_size=32 lr=0.0003", {"batch_size": 32.0, "lr": 0.0003}),
        ("run_weight_decay_0.1", {"weight_decay": 0.1}),
        ("lr=0.1-seed=2", {"lr": 0.1, "seed": 2.0}),
        ("lr=-0.5", {"lr": -0.5}),
        ("model=resnet-50,amp=true", {"model": "resnet-50", "amp": True}),
        ("opt=adam_w_lr=3", {"opt": "adam_w", "lr": 3.0}),
        ("opt=adam_weight_decay=3", {"opt": "adam", "weight_decay": 3.0}),
        ("opt=adam_2022-12-05_1", {"opt": "adam"}),
        ("PPO_CartPole-v1_bec6b_00002_2_lr=0.0001_2022-12-05_13-03-03", {"lr": 0.0001}),
        ("llama-7b-lora-r8-lr2e-4", {"r": 8.0, "lr": 0.0002}),
        ("lr_0.1/lr_0.2", {"lr": 0.2}),
        ("", {}),
    ],
)
def test_names(name: str, hparams: dict[str, HParam]) -> None:
    assert hparams_of_name(name) == hparams


@pytest.mark.parametrize(
    "name",
    [
        "resnet50",
        "version_0",
        "exp12",
        "run_3",
        "trial-7",
        "gpt2_v1.0",
        "events.out.tfevents.1670241772.ILONA",
        "Apr21_12-00-00_host",
        "2022-12-05_13-03-03",
        "2023-01-02T10.20.30",
        "a1b2c3d4e5",
        "MNIST-extra-metrics1690486849/validation",
        "bc_test_bc_ant_Ant-v2_26-06-2020_02-01-37",
        "hw3/results/Q5-IP/ac_b30k_10_10_InvertedPendulum-v2_05-07-2020_19-45-39",
        "Experiment 10_rmsprop_300_0.5",
        "logs/PPO_10",
        "bs64lr0.1",
        "1690483601.8723",
        "python3.11",
    ],
)
def test_names_without_hparams(name: str) -> None:
    assert hparams_of_name(name) == {}


def test_only_what_two_runs_share() -> None:
    names = ["lr_0.1_bs_2", "lr_0.2", "seed3", "other"]
    assert hparams_of_names(names) == [{"lr": 0.1}, {"lr": 0.2}, {}, {}]


@given(st.text(max_size=60))
def test_any_name(name: str) -> None:
    hparams_of_name(name)


@pytest.mark.parametrize(
    ("text", "hparams"),
    [
        ('{"lr": 0.1, "opt": {"name": "adam", "betas": [0.9, 0.99]}, "x": null, "on": true}',
         {"lr": 0.1, "opt.name": "adam", "opt.betas": "[0.9, 0.99]", "on": True}),
        ('```json\n{"lr": 1}\n```', {"lr": 1}),
        ("<pre>{'lr': 0.1}</pre>", {"lr": 0.1}),
        ("{'a': 1, 'b': {'c': True}, 'f': print}", {"a": 1, "b.c": True, "f": "print"}),
        ("Namespace(lr=0.1, bs=32, f=None, sizes=[1, 2])", {"lr": 0.1, "bs": 32, "sizes": "[1, 2]"}),
        ("|param|value|\n|-|-|\n|lr|0.1|\n|env|`a`|\n|on|True|", {"lr": 0.1, "env": "a", "on": True}),
        ("lr: 1e-3  # small\nopt:\n  name: adam\n  betas:\n  - 0.9\n  - 0.99\nname: 'a # b'\nnone: null\n",
         {"lr": 0.001, "opt.name": "adam", "opt.betas": "[0.9, 0.99]", "name": "a # b"}),
        ("lr=0.1\nbs = 3", {"lr": 0.1, "bs": 3.0}),
        ("- **lr**: 0.1\n- **opt**: adam", {"lr": 0.1, "opt": "adam"}),
        ("\ttrainer_type:\tppo\n\thyperparameters:\t\n\t  batch_size:\t1024\n\tmax_steps:\t500000",
         {"trainer_type": "ppo", "hyperparameters.batch_size": 1024.0, "max_steps": 500000.0}),
        ("#### Parameters for Adam:\n\n    Adam.b1 = 0.9\n    Adam.clip = None\n    # None.\n", {"Adam.b1": 0.9}),
    ],
)  # fmt: skip
def test_texts(text: str, hparams: dict[str, HParam]) -> None:
    assert hparams_of_text(text) == hparams


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello world: this is prose.\nAnother line here\nAnd: one",
        "The loss went down to 0.1 today.",
        "{",
        "[1, 2]",
        "print('a')",
        "__import__('os').system('true')",
        "|a|b|c|\n|-|-|-|\n|1|2|3|",
        "lr: 0.1",
        "x" * (LONGEST + 1),
        "{" * 5000,
        "a(" * 5000 + ")",
        '{"a":' * 5000,
    ],
)
def test_texts_without_hparams(text: str) -> None:
    assert hparams_of_text(text) is None


def test_limits() -> None:
    many = hparams_of_text(json.dumps({f"k{i}": "v" * 1000 for i in range(100)} | {f"n{i}": i for i in range(1000)}))
    assert many is not None
    assert len(many) == MOST_KEYS
    assert many["k0"] == "v" * 200


@given(st.one_of(st.text(max_size=80), st.text(alphabet="ab:=|-{}[]'\" \n\t#0.", max_size=80)))
def test_any_text(text: str) -> None:
    found = hparams_of_text(text)
    assert found is None or found


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("args/text_summary", True),
        ("Hyperparameters/text_summary", True),
        ("hparams", True),
        ("gin_config", True),
        ("model_config/text_summary", True),
        ("hyper-parameters", True),
        ("samples/0", False),
        ("targs", False),
    ],
)
def test_tags(tag: str, expected: bool) -> None:
    assert may_hold_hparams(tag) is expected
