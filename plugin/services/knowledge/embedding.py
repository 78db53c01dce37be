"""Word vectors of the optional extra ``mentorgraph[semantic]``: the static vectors that the wheel of wordllama ships (MIT licence, 256 dimensions).

They are read from the installed files; nothing is ever fetched. wordllama's own loader (0.4.0) looks for its tokenizer in a folder of another name than the one
it ships and then asks a hub, so the two files are read here by the libraries that it reads them with.
"""

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plugin.graph.semantic import Encode

TOKENIZER, WEIGHTS, TENSOR = "tokenizers/l2_supercat_tokenizer_config.json", "weights/l2_supercat_256.safetensors", "embedding.weight"


@cache
def load() -> Encode | None:
    """Vectors of words, or ``None`` where the extra is not installed."""
    spec = find_spec("wordllama")
    if spec is None or spec.origin is None:
        return None
    return load_from(Path(spec.origin).parent)


def load_from(folder: Path) -> Encode | None:
    """Vectors of words from a folder with a tokenizer and its vectors; ``None`` where one of the files is missing."""
    if not ((folder / TOKENIZER).is_file() and (folder / WEIGHTS).is_file()):
        return None
    from safetensors import safe_open  # noqa: PLC0415 - of the extra
    from tokenizers import Tokenizer  # noqa: PLC0415 - of the extra

    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    with safe_open(str(folder / WEIGHTS), framework="np") as file:
        vectors = np.asarray(file.get_tensor(TENSOR), np.float32)

    def encode(words: Sequence[str]) -> NDArray[np.float32]:
        found = np.zeros((len(words), vectors.shape[1]), np.float32)
        for place, one in enumerate(tokenizer.encode_batch(list(words), add_special_tokens=False)):
            if one.ids:
                found[place] = vectors[one.ids].mean(axis=0)
        return found

    return encode
