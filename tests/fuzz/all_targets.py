"""Every target by its name."""

from tests.fuzz import logs, screens, texts

TARGETS = {target.name: target for target in (*logs.TARGETS, *texts.TARGETS, *screens.TARGETS)}
