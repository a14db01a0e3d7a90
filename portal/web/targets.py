"""Where a browser may be sent after something: a path of ours, and nothing that only looks like one."""

from urllib.parse import urlsplit

LONGEST = 2_000


def local(path: str | None) -> str:
    """The path if it stays here, else empty. Browsers read `/\\evil`, `//evil` and tabs as leaving us."""
    if not path or len(path) > LONGEST or not path.isprintable() or not path.isascii():
        return ""
    if not path.startswith("/") or path.startswith("//") or "\\" in path or " " in path:
        return ""
    parts = urlsplit(path)
    return path if not parts.scheme and not parts.netloc else ""
