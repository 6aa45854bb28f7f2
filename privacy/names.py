"""Names of persons: who introduces himself, who is spoken of, and which capitalised words are organisations instead.

A small statistical model takes vendors and hospitals for people and overlooks people, so it is only one witness of
three: cues ("Dr.", "patient", "my name is"), lists of names, and the model. A run with an organisation
word is an organisation whatever the witnesses say.
"""

from collections.abc import Iterator

import regex
from presidio_analyzer import LocalRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from privacy.cues import BEFORE_ORGANISATION, CALLED, CUES, HERE, LISTED, LOWER_FROM, SAYS, SIGN_OFF, Lower
from privacy.organisations import find_organisations, is_organisation
from privacy.vocabulary import NameVocabulary
from privacy.words import MONTHS, PARTICLES, PLACE_HEADS, TITLES, Span, Word, is_inside, runs_of, touches, words_of

PERSON, SPEAKER = "PERSON", "SPEAKER_NAME"
BARE_SCORE = 0.5  # a single name without any cue: enough in free talk, not enough under a question about vendors
SURE_SCORE = 0.85
Found = tuple[int, int, str, float]


class PersonRecognizer(LocalRecognizer):
    """Finds PERSON and SPEAKER_NAME (the writer's own) in a text.

    `needs_model` tells beforehand whether the language model can change the result: it is only heard on runs of
    capitalised words that are neither listed names nor everyday words, so a text without such a run is read without it.
    """

    def __init__(self, vocabulary: NameVocabulary) -> None:
        self.vocabulary = vocabulary
        super().__init__(supported_entities=[PERSON, SPEAKER], name="persons")

    def load(self) -> None:
        """Nothing to load: the vocabulary came with the constructor."""

    def needs_model(self, text: str) -> bool:
        """Say whether a capitalised word exists on which the model's opinion counts."""
        return any(
            w.is_capitalised
            and len(w.text) > 2
            and w.low not in self.vocabulary.never_names
            and self.vocabulary.could_be_name(w.text)
            for w in words_of(text)
        )

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Find names; Presidio's recognizer interface. `nlp_artifacts.entities` are the model's opinion."""
        organisations = find_organisations(text, self.vocabulary)
        people = [
            (e.start_char, e.end_char) for e in (nlp_artifacts.entities if nlp_artifacts else []) if e.label_ == PERSON
        ]
        found = list(self._by_cue(text, organisations))
        found += self._by_run(text, organisations, people)
        found += self._in_lower_case(text, organisations)
        found += self._again(text, found, organisations)
        return [RecognizerResult(kind, start, end, score) for start, end, kind, score in found]

    def _by_cue(self, text: str, organisations: list[Span]) -> Iterator[Found]:
        for pattern, is_speaker, lower in CUES:
            for match in pattern.finditer(text):
                end = self.name_at(text, match.end(), lower, weak_cue=pattern.pattern.startswith("(?<!\\b"))
                if end and not is_inside(match.end(), end, organisations):
                    yield match.end(), end, SPEAKER if is_speaker else PERSON, SURE_SCORE
        for match in SIGN_OFF.finditer(text):
            end = self.name_at(text, match.end(), "any")
            line_end = text.find("\n", match.end())
            rest = text[end : line_end if line_end >= 0 else None] if end else ""
            words = list(words_of(text[match.end() : end])) if end else []
            is_name = len(words) > 1 or any(w.low in self.vocabulary.given | self.vocabulary.ambiguous for w in words)
            if (
                end
                and is_name
                and not regex.search(r"\p{L}", regex.split(r"[,|(–—]| - ", rest)[0])
                and not is_inside(match.end(), end, organisations)
            ):
                yield match.end(), end, SPEAKER, SURE_SCORE
        for match in LISTED.finditer(text):
            family, given = match.group(1).lower(), match.group(2).lower()
            if family in self.vocabulary.family and given in self.vocabulary.given:
                yield *match.span(), PERSON, SURE_SCORE
        for match in HERE.finditer(text):
            start, end = match.span(1)
            if self.name_at(text, start, "known") == end:
                yield start, end, SPEAKER, SURE_SCORE

    def name_at(self, text: str, start: int, lower: Lower, *, weak_cue: bool = False) -> int | None:
        """Read a name that would start at `start`.

        Args:
            lower: which lower-case words may be a name: none, only listed given names, or any that is no everyday word.
            weak_cue: the cue also stands before adjectives and jobs ("I'm"), so one word alone must be a listed name
                and two words must not be everyday words.
        Returns:
            Where the name ends, or None if there is none.
        """
        words: list[Word] = []
        for word in words_of(text, start):
            at = words[-1].end if words else start
            if text[at : word.start].strip(" \t") or word.start - at > 2 or len(words) == 5:
                break
            if not self._continues(word, words, lower):
                if self.vocabulary.is_organisation_word(word.text) and words and word.is_capitalised:
                    if words[-1].low in PARTICLES:
                        break
                    return None
                break
            words.append(word)
        while words and words[-1].low in PARTICLES:
            words.pop()
        if (
            weak_cue
            and not words
            and (match := LOWER_FROM.match(text, start))
            and match.group(1).lower() in self.vocabulary.ambiguous
        ):
            return int(match.end(1))
        if not words or (len(words) == 1 and words[0].is_initial):
            return None
        if (
            weak_cue
            and len(words) == 1
            and words[0].low not in self.vocabulary.given
            and not (words[0].is_capitalised and words[0].low in self.vocabulary.ambiguous - self.vocabulary.ordinary)
        ):
            return None
        if len(words) == 1 and words[0].low in MONTHS:
            return None
        return words[-1].end

    def _continues(self, word: Word, words: list[Word], lower: Lower) -> bool:
        vocabulary = self.vocabulary
        low = word.low
        if low in PARTICLES and words:
            return True
        if word.is_capitalised:
            if word.is_initial:
                return True
            if len(low) == 1:
                return False
            if low in vocabulary.never_names and not (words and low in vocabulary.family):
                return False
            if words and vocabulary.is_organisation_word(low) and low not in vocabulary.family:
                return False
            return vocabulary.could_be_name(word.text) or (lower == "any" and not vocabulary.is_organisation_word(low))
        if lower == "no" or (words and words[0].is_capitalised) or (word.text.isupper() and len(word.text) < 4):
            return False
        if low in vocabulary.never_names:
            return False
        if not words and lower == "known":
            return low in vocabulary.given
        if words and len(low) == 1:
            return low not in "aiunrw"
        listed = (
            low in vocabulary.given
            or (low in vocabulary.family and (words or not vocabulary.is_ordinary(low)))
            or (low in vocabulary.ambiguous and lower == "any" and not words)
        )
        return bool(listed) or (
            len(low) > 3 and vocabulary.could_be_name(low) and not vocabulary.is_ordinary(low) and "'" not in low
        )

    def _by_run(self, text: str, organisations: list[Span], people: list[Span]) -> Iterator[Found]:
        for run in runs_of(text):
            if is_organisation(text, run, self.vocabulary):
                continue
            i = 0
            while i < len(run):
                length = self._name_length(text, run, i, people)
                if not length:
                    i += 1
                    continue
                start, end = run[i].start, run[i + length - 1].end
                after_place = bool(BEFORE_ORGANISATION.search(text[max(0, start - 40) : start]))
                bare = length == 1
                if not (touches if bare else is_inside)(start, end, organisations) and not (
                    after_place and (bare or run[i].low not in self.vocabulary.given)
                ):
                    listed = any(
                        w.low in self.vocabulary.given or w.low in self.vocabulary.family or w.is_initial
                        for w in run[i : i + length]
                    )
                    cued = bool(SAYS.match(text, end)) or (listed and (not bare or touches(start, end, people)))
                    yield start, end, PERSON, SURE_SCORE if cued else BARE_SCORE
                i += length

    def _name_length(self, text: str, run: list[Word], i: int, people: list[Span]) -> int:
        """How many words of the run, from the i-th on, are one name; 0 if none."""
        vocabulary = self.vocabulary
        first = run[i]
        if first.low in TITLES or first.low in vocabulary.never_names or (i and run[i - 1].low in PLACE_HEADS):
            return 0
        j = i + 1
        while j < len(run) and j - i < 5:
            word = run[j]
            if (
                (word.low in PARTICLES
                and j + 1 < len(run))
                or word.is_initial
                or (word.low not in vocabulary.never_names
                and (word.low in vocabulary.family or vocabulary.could_be_name(word.text)))
            ):
                j += 1
            else:
                break
        length = j - i
        if first.low in vocabulary.given:
            return length
        if (
            length == 1
            and first.end < len(text)
            and CALLED.match(text, first.end)
            and vocabulary.could_be_name(first.text)
        ):
            return 1
        by_model = touches(first.start, run[j - 1].end, people)
        if first.low in vocabulary.ambiguous:
            strong = length > 1 and (
                by_model
                or run[i + 1].is_initial
                or run[i + 1].low in vocabulary.family
                or not vocabulary.is_ordinary(run[i + 1].text)
            )
            return length if strong else 0
        if first.is_initial:
            return length if length > 1 and (run[i + 1].low in vocabulary.family or by_model) else 0
        if not vocabulary.could_be_name(first.text) or ("-" in first.text and length == 1):
            return 0
        if length > 1 and (
            by_model
            or any(
                w.is_initial or (w.low in vocabulary.family and not vocabulary.is_ordinary(first.text))
                for w in run[i + 1 : j]
            )
        ):
            return length
        return length if length == 1 and by_model and first.low in vocabulary.family else 0

    def _in_lower_case(self, text: str, organisations: list[Span]) -> Iterator[Found]:
        """A listed given name and a family name typed without capitals: "naomi reyes", never a given name alone."""
        words = list(words_of(text))
        for first, second in zip(words, words[1:], strict=False):
            if not (
                first.text.islower()
                and second.text.islower()
                and first.low in self.vocabulary.given
                and second.start - first.end == 1
                and len(second.low) > 3
            ):
                continue
            listed = second.low in self.vocabulary.family | self.vocabulary.given
            if (
                text[first.end] == " "
                and second.low not in self.vocabulary.never_names
                and not self.vocabulary.is_organisation_word(second.low)
                and (
                    (listed and not self.vocabulary.is_ordinary(second.low))
                    or second.low in self.vocabulary.given
                    or self._is_strange(second.low)
                )
                and not touches(first.start, second.end, organisations)
            ):
                yield first.start, second.end, PERSON, SURE_SCORE

    def _is_strange(self, word: str) -> bool:
        """Five letters or more and in no dictionary: more likely a family name than chat spelling."""
        return len(word) >= 5 and "'" not in word and self.vocabulary.could_be_name(word)

    def _again(self, text: str, found: list[Found], organisations: list[Span]) -> list[Found]:
        """Later or earlier mentions of a part of a name that was found."""
        parts = {
            w.low: kind
            for start, end, kind, _ in found
            for w in words_of(text[start:end])
            if len(w.text) > 2 and w.low not in PARTICLES
        }
        return [
            (w.start, w.end, parts[w.low], SURE_SCORE)
            for w in words_of(text)
            if w.low in parts
            and w.is_capitalised
            and w.low not in self.vocabulary.never_names
            and not self.vocabulary.is_organisation_word(w.low)
            and not is_inside(w.start, w.end, organisations)
            and (
                w.low in self.vocabulary.given
                or not self.vocabulary.is_ordinary(w.text)
                or w.low in self.vocabulary.family
            )
        ]
