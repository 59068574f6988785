"""SummaryWriter.add_embedding."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import chain
from typing import SupportsInt

from logging_lib.arguments import About, as_step, check_run_name, check_tag
from logging_lib.calls.sink import EventSink
from logging_lib.capture import captured_array


class EmbeddingCalls(EventSink):
    """Points for the projector."""

    def add_embedding(
        self,
        mat: object,
        metadata: Iterable[object] | None = None,
        label_img: object = None,
        global_step: SupportsInt | None = None,
        tag: str = "default",
        metadata_header: Iterable[object] | None = None,
    ) -> None:
        """Log points of many dimensions; what is passed is copied.

        They are written to `<log_dir>/<global_step>/<tag>`, and named in `<log_dir>/projector_config.pbtxt`, which
        keeps what it holds. Points of the same tag and step are replaced; no step is step 0.

        Args:
            mat: [points, dimensions].
            metadata: a label a point; with `metadata_header`, a list of fields a point.
            label_img: a picture a point, [points, 1 or 3, height, width]: uint8, or any other dtype of 0 to 1.
            tag: the embedding's name; in that of the directory `/`, `\\` and `%` are `%2f`, `%5c` and `%25`.
            metadata_header: a name a field.
        """
        from logging_lib.projector import Embedding, write_embedding
        from logging_lib.summary.embedding import check_images, check_points, checked_metadata

        with About(tag):
            check_tag(tag)
            check_run_name(tag)  # as its directory, too
            step = as_step(global_step) or 0
            points = captured_array(mat)
            check_points(points.shape)
            rows = None if metadata is None else checked_metadata(metadata, metadata_header, points.shape[0])
            images = None if label_img is None else captured_array(label_img)
            if images is not None:
                check_images(images.shape, points.shape[0])
        embedding = Embedding(tag, step, points, rows, images)
        nbytes = points.nbytes + (0 if images is None else images.nbytes) + sum(map(len, chain(*rows or ())))
        self._log_event(tag, partial(write_embedding, self._run_directory, embedding), step, nbytes=nbytes)
