"""Word vectors: read from a folder, and those of the extra."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from plugin.services.knowledge import embedding


def folder(path: Path) -> Path:
    """A model of three words."""
    tokenizer = Tokenizer(WordLevel({"soil": 0, "roses": 1, "?": 2}, unk_token="?"))
    tokenizer.pre_tokenizer = Whitespace()
    for name in (embedding.TOKENIZER, embedding.WEIGHTS):
        (path / name).parent.mkdir()
    tokenizer.save(str(path / embedding.TOKENIZER))
    save_file({embedding.TENSOR: np.array([[1, 0], [0, 1], [0, 0]], np.float16)}, str(path / embedding.WEIGHTS))
    return path


def test_a_word_is_the_mean_of_its_pieces(tmp_path: Path) -> None:
    encode = embedding.load_from(folder(tmp_path))
    assert encode is not None
    assert encode(["soil", "soil roses", "unheard", ""]).tolist() == [[1, 0], [0.5, 0.5], [0, 0], [0, 0]]
    assert encode([]).shape == (0, 2)


def test_without_its_files_there_is_none(tmp_path: Path) -> None:
    assert embedding.load_from(tmp_path) is None
    (folder(tmp_path) / embedding.WEIGHTS).unlink()
    assert embedding.load_from(tmp_path) is None


def test_without_the_extra_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    embedding.load.cache_clear()
    monkeypatch.setattr(embedding, "find_spec", lambda _name: None)
    assert embedding.load() is None
    embedding.load.cache_clear()


def test_the_vectors_that_the_extra_ships_know_what_is_alike() -> None:
    encode = embedding.load()
    assert encode is not None, "the development extra installs wordllama"
    cat, kitten, tax = encode(["cat", "kitten", "tax"]).astype(np.float64)

    def alike(one: np.ndarray, other: np.ndarray) -> float:
        return float(one @ other / np.sqrt(float(one @ one) * float(other @ other)))

    assert alike(cat, kitten) > alike(cat, tax) + 0.2
