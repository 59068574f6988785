"""SummaryWriter.add_mesh."""

from __future__ import annotations

from functools import partial
from typing import SupportsInt

from logging_lib.arguments import About
from logging_lib.calls.sink import EventSink
from logging_lib.capture import captured_array


class MeshCalls(EventSink):
    """Meshes and point clouds."""

    def add_mesh(
        self,
        tag: str,
        vertices: object,
        colors: object = None,
        faces: object = None,
        config_dict: dict[str, object] | None = None,
        global_step: SupportsInt | None = None,
        walltime: float | None = None,
    ) -> None:
        """Log a batch of meshes or point clouds, under the tags `<tag>_VERTEX`, `<tag>_FACE` and `<tag>_COLOR`; copied.

        Args:
            vertices: coordinates [batch, n, 3].
            colors: red, green and blue of 0 to 255 for each vertex, [batch, n, 3].
            faces: triangles as indices of vertices, [batch, m, 3].
            config_dict: camera, materials and so on for three.js, which TensorBoard draws with.
        """
        import json

        from logging_lib.summary.mesh import check_mesh, mesh

        with About(tag):
            parts = {"VERTEX": captured_array(vertices)}
            if faces is not None:
                parts["FACE"] = captured_array(faces)
            if colors is not None:
                parts["COLOR"] = captured_array(colors)
            check_mesh({part: values.shape for part, values in parts.items()})
            config = "{}" if config_dict is None else json.dumps(config_dict, sort_keys=True)
        nbytes = sum(values.nbytes for values in parts.values()) + len(config)
        self._log_event(tag, partial(mesh, tag, parts, config), global_step, walltime, nbytes=nbytes)
