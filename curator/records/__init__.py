"""Records: one training conversation each, whatever shape it came in."""

from curator.records.frame import (
    MESSAGE,
    RECORD_SCHEMA,
    Origin,
    concat_records,
    frame_of,
    records_of,
    shard_hash,
    to_turns,
)
from curator.records.model import (
    Record,
    ToolCall,
    Turn,
    canonical_json,
    content_of,
    usual_json,
)
from curator.records.sentences import find_sentences
from curator.records.text import JOINER, Views, normalise, render_calls, said_in, views_of

__all__ = [
    "JOINER",
    "MESSAGE",
    "RECORD_SCHEMA",
    "Origin",
    "Record",
    "ToolCall",
    "Turn",
    "Views",
    "canonical_json",
    "concat_records",
    "content_of",
    "find_sentences",
    "frame_of",
    "normalise",
    "records_of",
    "render_calls",
    "said_in",
    "shard_hash",
    "to_turns",
    "usual_json",
    "views_of",
]
