"""Text as the encoder reads it: addresses and markup left out, disguised letters read."""

import re

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|(?<!\w)@\w+|^RT\b\s*:?")
_MARKUP = re.compile(r"[=`*_~#|\\]{2,}|#(?=\w)")
_SPACED = re.compile(r"(?<!\S)(?:[^\W\d_] ){3,}[^\W\d_](?!\S)")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_DISGUISED = re.compile(r"(?<=[A-Za-z])[0134578@$!]+(?=[A-Za-z])|(?<!\S)[@$](?=[A-Za-z]{2})")
_LEET = str.maketrans("0134578@$!", "oieastbasi")
_ALIKE = str.maketrans("аеорсухікмтвнєѕјһԁɡ", "aeopcyxikmtbhesjhdg")


def plain(text: str) -> str:
    """Return the text without addresses, handles and rows of signs, its tricks of spelling undone.

    Read are letters of other scripts that look alike, digits and signs between letters, letters
    apart (`i d i o t`) and letters drawn out (`idiooot`).
    """
    text = _MARKUP.sub(" ", _ADDRESS.sub(" ", text)).translate(_ALIKE)
    text = _SPACED.sub(lambda found: found[0].replace(" ", ""), text)
    text = _DISGUISED.sub(lambda found: found[0].translate(_LEET), text)
    return " ".join(_STRETCHED.sub(r"\1", text).split())
