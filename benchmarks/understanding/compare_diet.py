"""Our pipeline beside Rasa's default one (CountVectors and DIET), both trained and run by Rasa on the same examples.

    .venv-rasa/bin/python -m benchmarks.understanding.compare_diet [--examples 5000] [--epochs 100]

Each pipeline has a process of its own: CPU seconds of the training, CPU milliseconds a message through Rasa's processor, memory, and the
share of held-out acts that are right. The default pipeline reads no facts, and knows nothing of the open question.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PIPELINE = """
recipe: default.v1
language: en
pipeline:
- name: WhitespaceTokenizer
- name: RegexFeaturizer
- name: LexicalSyntacticFeaturizer
- name: CountVectorsFeaturizer
- name: CountVectorsFeaturizer
  analyzer: char_wb
  min_ngram: 1
  max_ngram: 4
- name: DIETClassifier
  epochs: {epochs}
  constrain_similarities: true
- name: EntitySynonymMapper
"""


def blocks() -> list[dict[str, Any]]:
    """Return every example of data/nlu as a block of its own."""
    found = []
    for path in sorted((ROOT / "data/nlu").glob("*.yml")):
        for block in YAML(typ="safe").load(path)["nlu"]:
            texts = [line[2:].strip() for line in block["examples"].splitlines() if line.startswith("- ")]
            found += [{"intent": block["intent"], "metadata": block.get("metadata") or {}, "text": text} for text in texts]
    return found


def write_data(examples: list[dict[str, Any]], path: Path) -> None:
    """Write examples as Rasa reads them."""
    rows = [{"intent": e["intent"], "metadata": e["metadata"], "examples": f"- {e['text']}\n"} for e in examples]
    YAML(typ="safe").dump({"version": "3.1", "nlu": rows}, path)


def measure(name: str, examples: int, epochs: int) -> None:
    """Train and run one pipeline in this process; print the figures as JSON."""
    sys.path.insert(0, str(ROOT))
    from bot import patches

    patches.apply()
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage
    from rasa.model_training import train_nlu

    from bot.nlu.held_out import is_held_out
    from bot.nlu.questions import ANY, questions_for

    everything = blocks()
    taught = [e for e in everything if not is_held_out(e["text"])]
    random.Random(5).shuffle(taught)
    taught = taught[:examples]
    held_out = [e for e in everything if is_held_out(e["text"])]
    with tempfile.TemporaryDirectory() as folder:
        data, config = Path(folder, "nlu.yml"), Path(folder, "config.yml")
        write_data(taught, data)
        own = YAML(typ="safe").load(ROOT / "config.yml")
        if name == "ours":
            YAML(typ="safe").dump({key: own[key] for key in ("recipe", "language", "pipeline")}, config)
        else:
            config.write_text(DEFAULT_PIPELINE.format(epochs=epochs))
        began = time.process_time()
        model = train_nlu(str(config), str(data), folder)
        trained = time.process_time() - began
        agent = Agent.load(model)
        right, spent = asyncio.run(_read(agent, UserMessage, held_out, lambda text: questions_for(text)[-1], ANY))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"right": right, "train": trained, "ms": 1000 * statistics.median(spent), "memory": memory,
                      "taught": len(taught), "held_out": len(held_out)}))


async def _read(agent: Any, message: Any, held_out: list[dict[str, Any]], question: Any, any_question: str) -> tuple[float, list[float]]:
    right, spent = 0, []
    for example in held_out:
        asked = example["metadata"].get("asked")
        metadata = {"asked": question(example["text"]) if asked == any_question else asked, "today": "2026-11-24"}
        began = time.process_time()
        parsed = await agent.processor.parse_message(message(example["text"], metadata=metadata))
        spent.append(time.process_time() - began)
        right += parsed["intent"]["name"] == example["intent"]
    return right / len(held_out), spent


def main() -> None:
    """Measure both and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=5000, help="how many taught examples are used")
    parser.add_argument("--epochs", type=int, default=100, help="of DIET; 100 is Rasa's template")
    parser.add_argument("--one", choices=["ours", "default"], help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        return measure(args.one, args.examples, args.epochs)
    print("| pipeline | held-out acts right | training, CPU s | a message, CPU ms p50 | memory, MB |\n|---|---|---|---|---|")
    for name in ("ours", "default"):
        command = [sys.executable, "-m", "benchmarks.understanding.compare_diet", "--one", name,
                   "--examples", str(args.examples), "--epochs", str(args.epochs)]
        answer = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout
        figures = json.loads(answer.splitlines()[-1])
        print(f"| {name} | {figures['right']:.3f} | {figures['train']:.0f} | {figures['ms']:.1f} | {figures['memory']:.0f} |", flush=True)
    print(f"\n{figures['taught']} taught, {figures['held_out']} held-out examples; DIET with {args.epochs} epochs")


if __name__ == "__main__":
    main()
