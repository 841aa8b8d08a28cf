"""Frigate's published training recipe, run by TensorFlow in an environment of its own.

`benchmarks.peer` calls `main` with the arguments DATASET WEIGHTS SEED, where DATASET
holds `<class>/*`; the paths of the images to judge come one per line on standard input.
Prints one JSON object. This file runs on whichever Python has TensorFlow wheels and
imports nothing of the project.

The recipe is `frigate/util/classification.py` of Frigate 0.17 and 0.18: a frozen
MobileNetV2 of width 0.35 fed with 0 to 1, a dense head, 50 epochs, the first 20 % of
each class (by file name) dropped, and a fully quantised uint8 .tflite at the end.
"""

import importlib
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

SIZE = 224
BATCH_SIZE = 16
EPOCHS = 50
LEARNING_RATE = 0.001


def memory_mb(field: str) -> float:
    """Return VmRSS (now) or VmHWM (peak) of this process in megabytes."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    return 0.0


def network(tf: Any, classes: int, weights: str | None) -> Any:
    """Return the Keras model; without weights of its backbone it knows nothing."""
    backbone = tf.keras.applications.MobileNetV2(
        input_shape=(SIZE, SIZE, 3), include_top=False, weights=weights, alpha=0.35
    )
    backbone.trainable = False
    return tf.keras.models.Sequential(
        [
            backbone,
            tf.keras.layers.GlobalAveragePooling2D(),
            tf.keras.layers.Dense(128, activation="relu"),
            tf.keras.layers.Dropout(0.3),
            tf.keras.layers.Dense(classes, activation="softmax"),
        ]
    )


def train(tf: Any, dataset: str, weights: str) -> tuple[Any, list[str]]:
    """Return the trained Keras model and its class names in output order."""
    image = tf.keras.preprocessing.image
    generator = image.ImageDataGenerator(rescale=1.0 / 255, validation_split=0.2)
    batches = generator.flow_from_directory(
        dataset,
        target_size=(SIZE, SIZE),
        batch_size=BATCH_SIZE,
        class_mode="categorical",
        subset="training",
    )
    model = network(tf, batches.num_classes, weights)
    model.compile(
        optimizer=tf.keras.optimizers.Adam(learning_rate=LEARNING_RATE),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(batches, epochs=EPOCHS, verbose=0)
    names = sorted(batches.class_indices, key=batches.class_indices.get)
    return model, names


def quantise(tf: Any, model: Any, dataset: str) -> bytes:
    """Convert to the .tflite that Frigate runs."""

    def examples() -> Iterator[list[Any]]:
        for path in sorted(Path(dataset).glob("*/*"))[:300]:
            pixels = tf.image.resize(read(tf, str(path)), (SIZE, SIZE))
            yield [tf.cast(pixels, tf.float32)[None] / 255.0]

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = examples
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.uint8
    converter.inference_output_type = tf.uint8
    return bytes(converter.convert())


def read(tf: Any, path: str) -> Any:
    """Decode one picture to uint8 RGB."""
    return tf.io.decode_image(
        tf.io.read_file(path), channels=3, expand_animations=False
    )


def judge(tf: Any, content: bytes, paths: Sequence[str]) -> list[list[float]]:
    """Return the class probabilities of each picture, as Frigate computes them."""
    interpreter = tf.lite.Interpreter(model_content=content, num_threads=2)
    interpreter.allocate_tensors()
    entry = interpreter.get_input_details()[0]["index"]
    exit_ = interpreter.get_output_details()[0]["index"]
    results = []
    for path in paths:
        pixels = tf.image.resize(read(tf, path), (SIZE, SIZE))  # bilinear, like cv2's
        square = tf.cast(tf.round(pixels), tf.uint8).numpy()[None]
        interpreter.set_tensor(entry, square)
        interpreter.invoke()
        output = interpreter.get_tensor(exit_)[0].astype(float)
        results.append((output / max(output.sum(), 1.0)).tolist())
    return results


def main() -> None:
    """Train, judge and print."""
    dataset, weights, seed = sys.argv[1:4]
    paths = sys.stdin.read().split("\n")
    before = memory_mb("VmRSS")
    started = time.perf_counter()
    tf = importlib.import_module("tensorflow")
    tf.get_logger().setLevel("ERROR")
    tf.keras.utils.set_random_seed(int(seed))
    imported = time.perf_counter()
    stdout, sys.stdout = sys.stdout, sys.stderr  # TensorFlow's own chatter
    model, names = train(tf, dataset, weights)
    content = quantise(tf, model, dataset)
    finished = time.perf_counter()
    peak = memory_mb("VmHWM")
    scores = judge(tf, content, [path for path in paths if path])
    sys.stdout = stdout
    print(
        json.dumps(
            {
                "classes": names,
                "scores": scores,
                "train_s": finished - imported,
                "import_s": imported - started,
                "memory_mb": peak - before,
                "model_bytes": len(content),
            }
        )
    )
