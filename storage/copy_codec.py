"""Remarks and their copies as documents, and back; pure."""

from __future__ import annotations

import json
from hashlib import sha256

from storage.codec import Document
from tasks.model import Source
from tasks.ports import Copy, CopyClaim, Named, Remark, Said, Words


def digest_of(said: Said | None) -> str:
    """Return what tells one text from another; whoever says it under what name is the same."""
    words = None if said is None else _encoded(said.words)
    return sha256(json.dumps(words, ensure_ascii=True).encode()).hexdigest()


def encode_said(said: Said) -> Document:
    """Return what was said as part of a document."""
    return {"by": _named(said.by), "words": _encoded(said.words), "link": said.link}


def decode_claim(found: Document) -> CopyClaim:
    """Return the claim that a document holds after it was claimed."""
    said = found.get("said")
    return CopyClaim(
        remark=_remark(found),
        said=None if said is None else _decode_said(said),
        rev=found["rev"],
        copy_id=found.get("copy_id"),
        sends=found["sends"],
        last_sent_at=found.get("last_sent_at"),
        at=found["claimed_at"],
        fence=found["fence"],
        attempts=found["attempts"],
    )


def decode_copy(found: Document) -> Copy:
    """Return what a document tells of a copy."""
    return Copy(remark=_remark(found), copy_id=found.get("copy_id"), is_deleted=found["is_deleted"])


def _remark(found: Document) -> Remark:
    return Remark(
        team=found["team_id"],
        number=found["number"],
        of=Source(found["of"]),
        channel=found["channel"],
        thread=found["thread"],
        original=found["original"],
    )


def _encoded(words: Words) -> list[str | Document]:
    return [one if isinstance(one, str) else _named(one) for one in words]


def _named(one: Named) -> Document:
    return {"person": one.person, "name": one.name}


def _decode_said(found: Document) -> Said:
    words = tuple(one if isinstance(one, str) else Named(**one) for one in found["words"])
    return Said(by=Named(**found["by"]), words=words, link=found["link"])
