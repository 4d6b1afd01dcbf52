"""Python's collector of cyclic garbage, set for a process that serves."""

import gc

_YOUNG = 10_000
_OLDER = 20


def settle() -> None:
    """Look less often for garbage, and never among what is there now; once, when all is up.

    A request makes thousands of objects that counting references frees at once. Python's own
    threshold of 700 has them, and with them all that was loaded at the start, looked through
    several times a request: a seventh of a creation's processor time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _OLDER, _OLDER)
