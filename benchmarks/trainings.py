"""Small trainings with torch, each of them healthy or ill in one known way: what the rules of health are tried on.

    python -m benchmarks.trainings DIR

Writes a run each into DIR, in about a minute; `python -m benchmarks.health DIR` says which rules fire.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import lr_scheduler

from logging_lib import SummaryWriter

FEATURES, CLASSES = 20, 5
VAL_EVERY, HISTOGRAM_EVERY = 25, 100

Batch = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Training:
    """How a network is trained. `examples` None draws new ones at each step; `ruin` changes a step's batch."""

    lr: float = 0.02
    steps: int = 1500
    examples: int | None = None
    noise: float = 0.3
    width: int = 64
    depth: int = 2
    activation: Callable[[], nn.Module] = nn.ReLU
    adam: bool = False
    schedule: Callable[[Any], Any] | None = None
    first_bias: float | None = None
    ruin: Callable[[int, Batch], Batch] | None = None
    seed: int = 0


def bad_batch(step: int, batch: Batch) -> Batch:
    """One batch whose labels are all of one class that its examples are not."""
    return (batch[0], (batch[1] + 1) % CLASSES) if step == 900 else batch


def harder(step: int, batch: Batch) -> Batch:
    """A curriculum: every 500 steps there are more classes."""
    return batch[0], batch[1].clamp(max=1 + step // 500)


TRAININGS = {
    **{f"healthy_{seed}": Training(seed=seed) for seed in range(3)},
    "healthy_adam": Training(adam=True, lr=1e-3),
    "healthy_long": Training(steps=5000, lr=0.01),
    "one_cycle": Training(schedule=lambda o: lr_scheduler.OneCycleLR(o, 0.1, 1500)),
    "cyclic_lr": Training(schedule=lambda o: lr_scheduler.CyclicLR(o, 0.001, 0.1, step_size_up=200)),
    "warm_restarts": Training(schedule=lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 300, 2)),
    "step_lr": Training(lr=0.05, schedule=lambda o: lr_scheduler.StepLR(o, 400, 0.1)),
    "curriculum": Training(ruin=harder),
    "bad_batch": Training(ruin=bad_batch, lr=0.002, noise=0.05),
    "overfitting": Training(examples=100, noise=0.8, width=256, lr=0.05),
    "overfitting_adam": Training(examples=400, noise=0.6, width=256, adam=True, lr=1e-3),
    "lr_too_high": Training(lr=1e4),
    "lr_grows": Training(lr=0.02, schedule=lambda o: lr_scheduler.ExponentialLR(o, 1.006)),
    "lr_0": Training(lr=0.0),
    "random_labels": Training(ruin=lambda step, batch: (batch[0], torch.randint(0, CLASSES, batch[1].shape))),
    "dead_relu": Training(first_bias=-100.0),
    "vanishing": Training(depth=14, width=16, activation=nn.Sigmoid),
}


def examples(count: int, noise: float, generator: torch.Generator) -> Batch:
    """Points, and the class of each by a fixed linear rule with noise."""
    x = torch.randn(count, FEATURES, generator=generator)
    rule = torch.randn(FEATURES, CLASSES, generator=torch.Generator().manual_seed(0))
    y = x @ rule + noise * 4 * torch.randn(count, CLASSES, generator=generator)
    return x, y.argmax(1)


def network(training: Training) -> nn.Sequential:
    """Layers with activations between them."""
    layers: list[nn.Module] = []
    inputs = FEATURES
    for _ in range(training.depth):
        layers += [nn.Linear(inputs, training.width), training.activation()]
        inputs = training.width
    made = nn.Sequential(*layers, nn.Linear(inputs, CLASSES))
    if training.first_bias is not None:
        nn.init.constant_(made[0].bias, training.first_bias)
    return made


def train(training: Training, directory: Path) -> None:
    """Train, and log as people do."""
    torch.manual_seed(training.seed)
    generator = torch.Generator().manual_seed(1 + training.seed)
    known = examples(training.examples, training.noise, generator) if training.examples else None
    val = examples(500, training.noise, torch.Generator().manual_seed(99))
    net, loss_of = network(training), nn.CrossEntropyLoss()
    kind: Any = torch.optim.Adam(net.parameters(), training.lr)
    if not training.adam:
        kind = torch.optim.SGD(net.parameters(), training.lr, momentum=0.9)
    schedule = training.schedule(kind) if training.schedule is not None else None
    with SummaryWriter(directory) as writer:
        for step in range(training.steps):
            batch = examples(32, training.noise, generator)
            if known is not None:
                chosen = torch.randint(0, len(known[0]), (32,))
                batch = known[0][chosen], known[1][chosen]
            if training.ruin is not None:
                batch = training.ruin(step, batch)
            loss = loss_of(net(batch[0]), batch[1])
            kind.zero_grad()
            loss.backward()
            norm = nn.utils.clip_grad_norm_(net.parameters(), 1e9)
            if step % HISTOGRAM_EVERY == 0:
                log_histograms(writer, net, batch[0], step)
            kind.step()
            if schedule is not None:
                schedule.step()
            writer.add_scalar("train/loss", loss.item(), step)
            writer.add_scalar("train/grad_norm", norm.item(), step)
            writer.add_scalar("lr", kind.param_groups[0]["lr"], step)
            if step % VAL_EVERY == 0:
                with torch.no_grad():
                    writer.add_scalar("val/loss", loss_of(net(val[0]), val[1]).item(), step)


def log_histograms(writer: SummaryWriter, net: nn.Sequential, x: Tensor, step: int) -> None:
    """Weights, gradients and activations."""
    for name, weights in net.named_parameters():
        writer.add_histogram(f"weights/{name}", weights.detach(), step)
        writer.add_histogram(f"gradients/{name}", weights.grad, step)
    for number, layer in enumerate(net):
        x = layer(x)
        if not isinstance(layer, nn.Linear):
            writer.add_histogram(f"activations/{number}", x.detach(), step)


def main() -> None:
    """Write all trainings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    directory: Path = parser.parse_args().directory
    torch.set_num_threads(1)
    for name, training in TRAININGS.items():
        print(name, flush=True)
        train(training, directory / name)


if __name__ == "__main__":
    main()
