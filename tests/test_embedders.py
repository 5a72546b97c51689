"""Embedders put texts that mean the same near each other, and each text in its own place."""

import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import curator
from curator.errors import ModelError
from curator.features import Embedding
from curator.models import embedder, embedder_files
from curator.models.tensors import write_tensors
from tests.checkpoints import save_companions
from tests.conftest import make_records

WEIGHTS = Path(curator.__file__).parent / "models" / "weights" / "embedder"


def test_texts_that_mean_the_same_lie_nearer_than_others() -> None:
    said, again, other = embedder().embed(
        [
            "How do I boil an egg?",
            "What is the way to cook eggs in boiling water?",
            "Which planet is the largest?",
        ]
    )
    assert said @ again > 0.6
    assert said @ other < 0.3


def test_rows_have_unit_length_and_what_is_empty_has_none() -> None:
    found = embedder().embed(["a cat", "", "   ", "\U0001f600" * 3])
    assert found.shape == (4, embedder().dimensions)
    assert np.linalg.norm(found, axis=1).round(5).tolist() == [1, 0, 0, 0]


def test_no_texts_give_no_rows() -> None:
    assert embedder().embed([]).shape == (0, 256)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=80), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_a_row_depends_on_its_text_alone(texts: list[str], random: object) -> None:
    found = embedder().embed(texts)
    alone = np.vstack([embedder().embed([text]) for text in texts])
    assert found.tobytes() == alone.tobytes()


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    start = "a river runs through the town " * 300
    first, second = embedder().embed([start, start + "and something else entirely"])
    assert first.tobytes() == second.tobytes()


def test_a_model_of_the_users_own_in_the_form_of_model2vec_is_read(tmp_path: Path) -> None:
    pieces = json.loads((WEIGHTS / "tokenizer.json").read_text("utf-8"))
    count = len(pieces["model"]["vocab"])
    vectors = np.random.default_rng(0).normal(size=(count, 8)).astype(np.float32)
    write_tensors(tmp_path / "model.safetensors", {"embeddings": vectors}, {})
    (tmp_path / "config.json").write_text('{"model_type": "model2vec"}', "utf-8")
    (tmp_path / "tokenizer.json").write_text(json.dumps(pieces), "utf-8")
    found = embedder(f"hub:{tmp_path}").embed(["cat"])
    expected = vectors[pieces["model"]["vocab"]["cat"]]
    np.testing.assert_allclose(found[0], expected / np.linalg.norm(expected), atol=1e-6)


def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "model2vec"}', "utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="cannot be read as static vectors"):
        embedder(f"hub:{tmp_path}")


def test_a_model_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelError, match="there is no folder"):
        embedder("hub:./nowhere")


def _save_transformer(folder: Path) -> Path:
    """Write a tiny model of sentence-transformers with random weights."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertModel

    torch.manual_seed(0)
    raw = folder / "raw"
    BertModel(save_companions(raw)).save_pretrained(raw)
    part = Transformer(str(raw), max_seq_length=64)
    pooling = Pooling(part.get_embedding_dimension())
    SentenceTransformer(modules=[part, pooling], device="cpu").save(str(folder / "model"))
    return folder / "model"


@pytest.fixture(scope="module")
def transformer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _save_transformer(tmp_path_factory.mktemp("embedder"))


def test_a_transformer_agrees_with_its_own_library(transformer: Path) -> None:
    from sentence_transformers import SentenceTransformer

    texts = ["tell me a story", "what is the number of a person", "a good, kind dog", ""]
    found = embedder(f"hub:{transformer}").embed(texts)
    theirs = SentenceTransformer(str(transformer), device="cpu").encode(
        texts, normalize_embeddings=True
    )
    assert (found[:3] * theirs[:3]).sum(1).min() > 0.999
    assert not found[3].any()


def test_a_transformers_row_depends_on_its_text_alone(transformer: Path) -> None:
    texts = ["a", "tell me what a river is", "why " * 40, "x y z"]
    found = embedder(f"hub:{transformer}")
    together, alone = found.embed(texts), np.vstack([found.embed([text]) for text in texts])
    assert together.tobytes() == alone.tobytes()


def test_the_feature_is_a_column_of_vectors_a_view() -> None:
    records = make_records("An answer.", "")
    found = Embedding(view="response").compute(records)
    assert found.dtype == pl.Array(pl.Float32, 256)
    assert found.to_numpy()[1].any() == np.False_
    both = Embedding(view="pair").compute(records).to_numpy()
    assert both.shape == (2, 512)
    assert both[:, 256:].tobytes() == found.to_numpy().tobytes()


def test_the_key_knows_the_files_and_not_their_place(tmp_path: Path, transformer: Path) -> None:
    moved = tmp_path / "model"
    shutil.copytree(transformer, moved)
    assert Embedding(model=f"hub:{moved}").key() == Embedding(model=f"hub:{transformer}").key()
    assert Embedding().key() != Embedding(view="response").key()
    assert set(embedder_files("bundled")) == {"embedder", "embedder_pieces"}
