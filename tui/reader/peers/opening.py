"""The reader of a file of another tool. What no file needs is not imported: most logdirs have none of these files."""

from __future__ import annotations

from tui.reader.log_reader import LogReader
from tui.reader.peers.names import Kind, PeerFile


def open_peer(run: str, file: PeerFile) -> LogReader:
    """The reader of a file that belongs to the run; nothing is opened yet."""
    match file.kind:
        case Kind.MLFLOW_METRIC:
            from tui.reader.peers.mlflow import mlflow_metric_reader

            return mlflow_metric_reader(run, file.path, file.tag)
        case Kind.MLFLOW:
            from tui.reader.peers.mlflow import mlflow_run_reader

            return mlflow_run_reader(run, file.path)
        case Kind.TRAINER_STATE | Kind.HPARAMS:
            return _open_whole(run, file)
        case _:
            return _open_growing(run, file)


def _open_whole(run: str, file: PeerFile) -> LogReader:
    from tui.reader.peers.whole import WholeReader

    if file.kind is Kind.HPARAMS:
        from tui.reader.peers.lightning import read_hparams

        return WholeReader(run, file.path, read_hparams)
    from tui.reader.peers.json_rows import read_trainer_state

    return WholeReader(run, file.path, read_trainer_state)


def _open_growing(run: str, file: PeerFile) -> LogReader:
    from tui.reader.peers.tail import TailReader

    match file.kind:
        case Kind.WANDB:
            from tui.reader.peers.wandb import WandbParser

            return TailReader(run, file.path, WandbParser)
        case Kind.CSV:
            from tui.reader.peers.csv_rows import CsvParser

            return TailReader(run, file.path, CsvParser)
        case _:
            from tui.reader.peers.json_rows import JsonLinesParser

            return TailReader(run, file.path, JsonLinesParser)
