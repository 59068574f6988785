"""What the package's page says: README.md, without pictures and links that lead only to other files of the source."""

from __future__ import annotations

import re
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

_ELSEWHERE = r"(?!https?://)[^)\s]*"


class CustomMetadataHook(MetadataHookInterface):
    """Sets `readme`, which pyproject.toml leaves to it."""

    def update(self, metadata: dict) -> None:
        """The package index shows the README alone: a relative link would lead nowhere, so that its text stays."""
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        text = re.sub(rf"^!\[[^]]*\]\({_ELSEWHERE}\)\n\n?", "", text, flags=re.MULTILINE)
        text = re.sub(rf"(?<!!)\[([^]]*)\]\({_ELSEWHERE}\)", r"\1", text)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
