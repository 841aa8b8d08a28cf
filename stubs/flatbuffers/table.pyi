class Table:
    Bytes: bytes
    Pos: int
