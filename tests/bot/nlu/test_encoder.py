"""The sentence encoder: one text, one vector of length one, whatever stands beside it."""

from pathlib import Path

import numpy as np
import pytest

from bot.encoder import LONGEST, WIDTH, Encoder, EncoderMissing, load_encoder

FOLDER = Path(__file__).resolve().parents[3] / "var/encoder"
built = pytest.mark.skipif(not (FOLDER / "encoder.onnx").exists(), reason="the encoder is not built (make encoder)")


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder(str(FOLDER))


@built
def test_the_same_text_has_the_same_vector_alone_and_in_company(encoder: Encoder) -> None:
    text = "half of our visits are missed"
    alone = encoder.encode([text])[0]
    company = encoder.encode(["a very long text about something else " * 8, text, "short"])[1]
    assert np.array_equal(alone, company) and np.array_equal(alone, encoder.encode([text])[0])


@built
@pytest.mark.parametrize("text", ["x", "", "?!", "\u2764\ufe0f", "na\u00efve caf\u00e9", "word " * 600, "12,000 members"])
def test_every_text_has_a_vector_of_length_one(encoder: Encoder, text: str) -> None:
    (vector,) = encoder.encode([text])
    assert vector.shape == (WIDTH,) and vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-3)


@built
def test_texts_of_one_meaning_are_nearer_than_others(encoder: Encoder) -> None:
    first, same, other = encoder.encode(["patients miss their appointments", "too many no-shows at our clinics", "we deny claims in billing"])
    assert first @ same > first @ other


@built
def test_past_its_limit_the_first_words_decide(encoder: Encoder) -> None:
    start = "referral " * LONGEST
    one, other = encoder.encode([start + "hospital", start + "dentist"])
    assert np.array_equal(one, other)


@built
def test_no_text_gives_no_vectors_and_the_encoder_is_loaded_once(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, WIDTH) and load_encoder(str(FOLDER)) is encoder


def test_a_missing_encoder_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing, match="run `make encoder`"):
        Encoder(tmp_path)
