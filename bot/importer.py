"""Reading the training data once.

A training asks for it four times, and each time Rasa parses and checks every file anew: 20 of 90 s.
"""

from __future__ import annotations

from typing import ClassVar, Dict, Optional, Text

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData


class ReadOnce(RasaFileImporter):
    """Rasa's own importer, remembering what it read (files do not change while a training runs)."""

    _read: ClassVar[Dict[Text, TrainingData]] = {}

    def get_nlu_data(self, language: Optional[Text] = "en") -> TrainingData:
        """Return the examples of the NLU files (see RasaFileImporter)."""
        key = "|".join(sorted(self._nlu_files))
        if key not in self._read:
            self._read[key] = super().get_nlu_data(language)
        return self._read[key]
