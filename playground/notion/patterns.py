"""Patterns of calls, as faults and assertions name them: `PATCH /v1/pages/*`."""


def matches(pattern: str, method: str, path: str) -> bool:
    """Tell whether a call fits; `*` stands for one segment, or for any method or whole path."""
    wanted_method, _, wanted_path = pattern.partition(" ")
    if wanted_method not in ("*", method):
        return False
    if wanted_path in ("", "*"):
        return True
    wanted, found = wanted_path.strip("/").split("/"), path.strip("/").split("/")
    if len(wanted) != len(found):
        return False
    return all(want in ("*", have) for want, have in zip(wanted, found, strict=True))
