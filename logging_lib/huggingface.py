"""Hugging Face transformers' TensorBoardCallback, on this package's SummaryWriter: only the import changes.

    from logging_lib.huggingface import TensorBoardCallback
    from transformers import Trainer, TrainingArguments

    args = TrainingArguments("out", report_to="none")
    Trainer(model, args, train_dataset=data, callbacks=[TensorBoardCallback()]).train()

`report_to="none"` keeps the trainer from adding its own callback beside it. Neither tensorboard nor tensorboardX need
be installed.
"""

from __future__ import annotations

import os
from typing import Any

from transformers.integrations import TensorBoardCallback as _Base

from logging_lib.writer import SummaryWriter


class TensorBoardCallback(_Base):  # type: ignore[misc]  # transformers is optional, and its types are not read
    """Logs what the trainer reports, as transformers' own callback does, in the same directories and tags.

    Only process 0 writes: the arguments and the model's configuration as text, then each reported number, under
    `train/`, `eval/` or `test/`; the writer is closed when the training ends. The directory is the one that
    transformers chooses: in version 5 TENSORBOARD_LOGGING_DIR, or `<output_dir>/runs/<date>_<time>_<host>` where that
    is not set; in version 4 the argument `logging_dir`.
    """

    def __init__(self, tb_writer: SummaryWriter | None = None) -> None:
        """Log to `tb_writer`, or to a writer that is made when the training begins."""
        # Not transformers' own: it asks for the tensorboard package.
        self._SummaryWriter = SummaryWriter
        self.tb_writer: Any = tb_writer
        named = os.environ.get("TENSORBOARD_LOGGING_DIR")
        self.logging_dir = None if named is None else os.path.expanduser(named)  # noqa: PTH111  # a str, as theirs
