"""Every target by its name."""

from tests.fuzz import logs, peers, screens, texts

TARGETS = {target.name: target for target in (*logs.TARGETS, *peers.TARGETS, *texts.TARGETS, *screens.TARGETS)}
