"""Images of either encoding, as encoded files."""

from __future__ import annotations

from tui.model import BlobRef
from tui.reader.payload.record import check_items, not_shown, read_value, strings_of

# An image tensor holds the width and height, in digits, before its images.
_SIZES = 2


def read_image(ref: BlobRef) -> list[bytes]:
    """Encoded images (PNG, JPEG, GIF...) of either encoding, as they lie in the file.

    Raises:
        PayloadError: as `read_value`, or the value holds no images or more than MOST_ITEMS.
    """
    value = read_value(ref)
    if value.WhichOneof("value") == "image":
        return [value.image.encoded_image_string]
    strings: list[bytes] = strings_of(ref, value).reshape(-1).tolist()
    if len(strings) < _SIZES:
        raise not_shown(ref, "image tensor without width and height")
    check_items(ref, len(strings) - _SIZES, "images")
    return strings[_SIZES:]
