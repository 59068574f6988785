"""What is done to files and directories of runs."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from pathlib import Path

from benchmarks.chaos.acts import Act, event_files


class Files:
    """The files of some logdirs. `altered` are runs whose files were changed in the middle, as no reader can see that
    has been there before.
    """

    def __init__(self, places: list[Path], chance: random.Random) -> None:
        self._places, self._chance = places, chance
        self._number = 0
        self.altered: set[Path] = set()

    @property
    def acts(self) -> dict[Act, int]:
        """What can be done to them."""
        return {
            self.truncate: 4, self.empty: 2, self.rewrite: 2, self.copy_truncate: 2, self.garbage: 3, self.punch: 1,
            self.delete: 2, self.delete_run: 1, self.rename_run: 3, self.rename_over: 2, self.swap_for_odd: 3,
            self.forbid_file: 4, self.forbid_directory: 4, self.forbid_logdir: 2,
        }  # fmt: skip

    def truncate(self) -> str:
        """Cut off its end."""
        path = self._file()
        size = self._chance.randint(0, path.stat().st_size)
        os.truncate(path, size)
        return f"{path} to {size}"

    def empty(self) -> str:
        """Cut off all."""
        path = self._file()
        os.truncate(path, 0)
        return str(path)

    def rewrite(self) -> str:
        """Begin it anew, with the first half of what it held, as a tool that filters does."""
        path = self._file()
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2])
        return str(path)

    def copy_truncate(self) -> str:
        """As logrotate's copytruncate."""
        path = self._file()
        copy = path.with_name(f"{path.name}.{self._next()}")
        shutil.copyfile(path, copy)
        os.truncate(path, 0)
        return f"{path} to {copy.name}"

    def garbage(self) -> str:
        """Bytes at its end that are no record."""
        path = self._file()
        count = self._chance.randint(1, 3000)
        with path.open("ab") as file:
            file.write(self._chance.randbytes(count))
        return f"{path} {count} bytes"

    def punch(self) -> str:
        """A hole in it, as a disk leaves that has lost power."""
        path = self._file()
        start = self._chance.randint(0, max(0, path.stat().st_size - 1))
        self.altered.add(path.parent)
        command = ("fallocate", "--punch-hole", "--offset", str(start), "--length", "300", str(path))
        if subprocess.run(command, check=False, capture_output=True).returncode:
            raise OSError("holes cannot be punched here")
        return f"{path} at {start}"

    def delete(self) -> str:
        path = self._file()
        path.unlink()
        return str(path)

    def delete_run(self) -> str:
        """The whole directory, under its writer."""
        path = self._file().parent
        shutil.rmtree(path)
        return str(path)

    def rename_run(self) -> str:
        path = self._file().parent
        other = path.with_name(f"{path.name}_moved_{self._next()}")
        path.rename(other)
        self.altered = {other if one == path else one for one in self.altered}
        return f"{path} to {other}"

    def rename_over(self) -> str:
        """Put another file in its place at once, as rsync does: a copy of another event file."""
        path, other = self._file(), self._file()
        copy = path.with_name(f".{path.name}.{self._next()}")
        shutil.copyfile(other, copy)
        copy.rename(path)
        return f"{path} by a copy of {other}"

    def swap_for_odd(self) -> str:
        """Something else in its place: a directory, a pipe, a link to itself, to nothing, to another one."""
        path, other = self._file(), self._file()
        self.altered.add(path.parent)  # what was read stays, while there is something that cannot be read
        path.unlink()
        kind = self._chance.choice(["directory", "pipe", "loop", "dangling", "socket"])
        match kind:
            case "directory":
                path.mkdir()
            case "pipe":
                os.mkfifo(path)
            case "loop":
                path.symlink_to(path)
            case "dangling":
                path.symlink_to(other.with_name("nothing"))
            case "socket":
                os.mknod(path, 0o140600)
        return f"{path} by a {kind}"

    def forbid_file(self) -> str:
        return self._forbid(self._file())

    def forbid_directory(self) -> str:
        return self._forbid(self._file().parent)

    def forbid_logdir(self) -> str:
        return self._forbid(self._chance.choice(self._places))

    def _forbid(self, path: Path) -> str:
        """Nobody may read it for a while, but for who needs no permission, as the writers."""
        mode = path.stat().st_mode & 0o7777
        path.chmod(0)
        try:
            time.sleep(self._chance.uniform(0.5, 3.0))
        finally:
            path.chmod(mode)
        return str(path)

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _file(self) -> Path:
        files = event_files(self._places)
        if not files:
            raise FileNotFoundError("there is no file")
        return self._chance.choice(files)
