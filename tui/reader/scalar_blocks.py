"""The fast path: decodes the records of a chunk many at a time, as long as they are whole, intact and known.

Regular stretches go row by row (`scalar_rows`), irregular ones group by group (`scalar_groups`, `chains`). The outcome
is the same as if every record were decoded by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from logging_lib.tfevents.crc32c import masked_crc32c
from logging_lib.tfevents.record import FOOTER_BYTES, FRAME_BYTES
from tui.reader.chains import Decoded, decode_chain
from tui.reader.decode import EventDecoder
from tui.reader.layouts import Layouts
from tui.reader.mark import Mark
from tui.reader.periods import first_pass, passes
from tui.reader.record_scan import Bytes, Chain, Headers, RecordScanner
from tui.reader.scalar_layout import Layout
from tui.reader.scalar_rows import RowTemplate, RowTemplates

# Rows compared at a time: as many as stay in the processor's cache, fewer at first.
_BLOCK_BYTES = 512 << 10
_FIRST_ROWS = 16
# An irregular stretch is taken in windows, small ones where rows are looked for, or behind damage.
_FIRST_WINDOW = 32 << 10
_LEAST_WINDOW = 4 << 10
_LEAST_RECORDS = 16
# Rows that are interrupted (by an evaluation, say) often go on a few records later.
_PATIENCE = 8
# Where records are damaged or have no header that is found, more and more of them are read one by one.
_MOST_SETBACK = 64
# Where nothing of so many bytes was decoded in bulk, many more are read record by record, and then ever more.
_TELLING_BYTES = 128 << 10
_FIRST_REST = 4 << 20
_LONGEST_REST = 64 << 20


class FastTools:
    """What the fast paths of all files share: known layouts and rows, and memory to work in. For one thread."""

    def __init__(self) -> None:
        self.scanner = RecordScanner()
        self.layouts = Layouts()
        self.templates = RowTemplates(self.scanner)
        self.scratch: Bytes = np.empty(_BLOCK_BYTES, np.uint8)
        self._chunk = bytearray()

    def chunk(self, size: int) -> memoryview:
        """Memory for the bytes of a chunk; the one handed out before is over."""
        if len(self._chunk) < size:
            self._chunk = bytearray(size)
        return memoryview(self._chunk)[:size]


class Stop(NamedTuple):
    """How far decoding came, and how many bytes, at least, had better be read record by record from there on.

    None of them where it takes more bytes than the chunk has.
    """

    position: int
    singly: int


class BlockDecoder:
    """Decodes chunks of one file. `open` each chunk, then `decode` in it from any record on."""

    def __init__(self, decoder: EventDecoder, tools: FastTools, *, breathe: Callable[[], None]) -> None:
        self.last: Mark | None = None
        """The last record decoded in this chunk."""
        self._decoder = decoder
        self._tools = tools
        self._breathe = breathe
        self._template: RowTemplate | None = None
        # A file that starts like others does so after its version.
        self._patience = 1
        self._window = _FIRST_WINDOW
        self._setback = 0
        # Bytes to be read record by record, since there is nothing to gain.
        self._rest = 0
        self._rest_left = 0
        # Records up to the start of the next pass of the loop that was recognised.
        self._left_of_pass = 0
        self._buffer: Bytes = np.empty(0, np.uint8)
        self._base = 0
        self._headers: Headers | None = None

    def open(self, buffer: Bytes, base: int) -> None:
        """Take a chunk, uint8[n], that lies at `base` in the file. It is changed only while `decode` runs."""
        self._buffer, self._base = buffer, base
        self.last = None

    def close(self) -> None:
        """Let go of the chunk: files by the thousand are not to keep theirs."""
        self._buffer, self._headers = np.empty(0, np.uint8), None

    def decode(self, start: int, *, more: bool) -> Stop:
        """Decode the records from `start` on.

        Args:
            start: where a record starts in the chunk.
            more: whether the file goes on behind the chunk.
        """
        while start < len(self._buffer):
            if self._rest_left > 0:
                singly = min(self._rest_left, len(self._buffer) - start)
                self._rest_left -= singly
                return Stop(start, singly)
            start = self._decode_rows(start)
            if start == len(self._buffer):
                break
            if self._template is not None and more and len(self._buffer) - start < self._template.size:
                return Stop(start, 0)
            if self._patience:
                self._patience -= 1
                return Stop(start, 1)
            if not self._left_of_pass:
                self._template = None
            end = self._decode_window(start)
            if end == start:
                return Stop(start, 1)
            start = end
        return Stop(start, 0)

    def _decode_rows(self, start: int) -> int:
        """Decode the rows that there are, of any template; returns how far it came."""
        while (template := self._fitting(start)) is not None:
            end = self._decode_rows_of(template, start)
            if end == start:
                return start
            start, self._template = end, template
            self._patience, self._window = _PATIENCE, _FIRST_WINDOW
        return start

    def _fitting(self, start: int) -> RowTemplate | None:
        template = self._tools.templates.fitting(self._buffer, start, self._tools.scratch)
        return template if template is not None and self._decoder.admits(template.scalars) else None

    def _decode_rows_of(self, template: RowTemplate, start: int) -> int:
        most = max(len(self._tools.scratch) // template.size, 1)
        rows = min(max(_FIRST_ROWS, template.latest_run), most)
        first = start
        while count := min(rows, (len(self._buffer) - start) // template.size):
            block = self._buffer[start : start + count * template.size].reshape(count, template.size)
            good = template.matching(block, self._tools.scratch)
            good, crc = template.intact(block[:good]) if good else (0, 0)
            if good:
                template.decode(block[:good], self._decoder)
                start += good * template.size
                length = template.last_length
                self.last = Mark(self._base + start - FOOTER_BYTES - length, length, crc)
                self._breathe()
            if good < count:
                break
            # What ended the rows last time may end them now.
            ended = (start - first) // template.size == template.latest_run
            rows = min(_FIRST_ROWS, most) if ended else min(rows * 4, most)
        template.latest_run = (start - first) // template.size
        return start

    def _decode_window(self, start: int) -> int:
        """Decode an irregular stretch, or what is left of a pass; returns how far it came."""
        chain = self._intact_chain(start)
        if chain is not None and self._left_of_pass:
            chain = chain.first(self._left_of_pass)
        if chain is None or len(chain) < _LEAST_RECORDS:
            self._patience, self._left_of_pass = self._setback + (len(chain) if chain else 0), 0
            return start
        decoded = decode_chain(
            self._buffer, self._base, chain, self._tools.layouts, self._decoder, breathe=self._breathe
        )
        payload = chain.payload(self._buffer, len(chain) - 1)
        offset = self._base + chain.end - FOOTER_BYTES - len(payload)
        self.last = Mark(offset, len(payload), masked_crc32c(payload.tobytes()))
        if self._left_of_pass:
            self._left_of_pass -= len(chain)
        else:
            self._expect(chain, decoded)
        self._breathe()
        return chain.end

    def _intact_chain(self, start: int) -> Chain | None:
        """The records that follow one another from `start` on and are intact, of those in a window."""
        chain = self._headers_from(start).chain(start)
        intact = self._tools.scanner.intact(self._buffer, chain) if chain is not None else 0
        self._setback = min(self._setback * 2 + 1, _MOST_SETBACK) if intact < _LEAST_RECORDS else 0
        if chain is not None and intact < len(chain):
            # More damage may follow, and each time a window is looked at for nothing.
            chain, self._window, self._headers = chain.first(intact), _LEAST_WINDOW, None
        return chain

    def _expect(self, chain: Chain, decoded: Decoded) -> None:
        """How to go on after an irregular stretch."""
        self._expect_rows(chain, decoded)
        self._window = min(self._window * 2, _BLOCK_BYTES)
        if decoded.gained or self._template is not None:
            self._rest = 0
        elif chain.end - int(chain.positions[0]) >= _TELLING_BYTES:
            self._rest_left = self._rest = min(max(self._rest * 2, _FIRST_REST), _LONGEST_REST)

    def _headers_from(self, start: int) -> Headers:
        if self._headers is None or self._headers.end - start < _LEAST_RECORDS * FRAME_BYTES:
            end = min(start + self._window, len(self._buffer))
            self._headers = self._tools.scanner.find(self._buffer, start, end)
        return self._headers

    def _expect_rows(self, chain: Chain, decoded: Decoded) -> None:
        """Look whether a loop's passes come next; the records up to the next pass's start are then taken apart."""
        found = passes(decoded.kinds, decoded.steps)
        if found is None:
            return
        end = len(chain) - found.begun
        template = self._template_of(chain, end - found.length, end)
        if template is None:
            return
        # The pass before these, such as that at step 0, comes before them in other files too.
        start = first_pass(decoded.kinds, found.length, end)
        if start >= found.length:
            self._template_of(chain, start - found.length, start, like=template)
        self._template = template
        self._left_of_pass = -found.begun % found.length

    def _template_of(
        self, chain: Chain, start: int, end: int, *, like: RowTemplate | None = None
    ) -> RowTemplate | None:
        """A template of some records; None where one has no layout, a tag comes twice, or other tags than in `like`."""
        layouts: list[Layout] = []
        for place in range(start, end):
            payload = chain.payload(self._buffer, place)
            layout = self._tools.layouts.known(payload) or self._tools.layouts.find(payload)
            if layout is None:
                return None
            layouts.append(layout)
        tags = [tag for layout in layouts for tag in layout.tags]
        if len(set(tags)) < len(tags) or (like is not None and tags != like.tags):
            return None
        return self._tools.templates.of(layouts)
