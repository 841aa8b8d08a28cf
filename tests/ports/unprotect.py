"""Let musl write what glibc's programs for aarch64 have it keep in protected memory.

    python -m tests.ports.unprotect PROGRAM

It sets the number that guards the stack later than glibc does: when what is only to be
read from then on has been protected. Here nothing is.
"""

import struct
import sys
from pathlib import Path

_PROTECTED_LATER = 0x6474E552  # PT_GNU_RELRO


def main(program: Path) -> None:
    """Take the entry out of the table of the program's parts."""
    content = bytearray(program.read_bytes())
    (start,) = struct.unpack_from("<Q", content, 32)
    size, count = struct.unpack_from("<HH", content, 54)
    for place in range(start, start + size * count, size):
        if struct.unpack_from("<I", content, place) == (_PROTECTED_LATER,):
            struct.pack_into("<I", content, place, 0)
    program.write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
