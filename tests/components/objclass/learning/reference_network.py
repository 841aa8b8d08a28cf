"""The original network, straight from PyTorch's file, written another way than ours.

NumPy in float64, channels first, each convolution one einsum over windows, batch
normalisation as a step of its own.
"""

import io
import pickle
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, override

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view
from numpy.typing import NDArray

type Array = NDArray[np.float64]
type State = dict[str, Array]
type Folded = Mapping[str, tuple[Array, Array]]
"""Kernel (out, in, y, x) and bias by the convolution's name."""


class _Unpickler(pickle.Unpickler):
    @override
    def find_class(self, module_name: str, global_name: str, /) -> Any:
        if global_name == "_rebuild_tensor_v2":
            return lambda *parts: parts
        return OrderedDict if global_name == "OrderedDict" else global_name

    @override
    def persistent_load(self, pid: Any) -> Any:
        return pid


def load_state(path: Path) -> State:
    """Read a state dict that `torch.save` wrote in its format of before 1.6."""
    content = path.read_bytes()
    file = io.BytesIO(content)
    *_, described, keys = (_Unpickler(file).load() for _ in range(5))
    kinds = {storage[2]: storage[1] for storage, *_ in described.values()}
    raw = {}
    for key in keys:
        item = np.dtype({"FloatStorage": "<f4", "LongStorage": "<i8"}[kinds[key]])
        (count,) = np.frombuffer(file.read(8), "<i8")
        raw[key] = np.frombuffer(file.read(int(count) * item.itemsize), item)
    assert file.tell() == len(content)
    return {
        name: as_strided(
            raw[storage[2]][offset:],
            size,
            tuple(step * raw[storage[2]].itemsize for step in stride),
        ).astype(np.float64)
        for name, (storage, offset, size, stride, *_) in described.items()
    }


def original_features(state: State, image: NDArray[np.uint8]) -> Array:
    """Return the 1280 features of an RGB picture of any size divisible by 32."""
    return _features(_Original(state), image)


def folded_features(folded: Folded, image: NDArray[np.uint8]) -> Array:
    """Return the features where kernels and biases are given."""
    return _features(_Folded(folded), image)


def _features(network: _Network, image: NDArray[np.uint8]) -> Array:
    x = (image.astype(np.float64) / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    x = network.convolve(x.transpose(2, 0, 1), "features.0.0", 2)
    for layer in range(1, 18):
        y, name = x, f"features.{layer}.conv"
        stride = 2 if layer in {2, 4, 7, 14} else 1
        if layer == 1:
            y = network.convolve(y, f"{name}.0", stride)
            y = network.convolve(y, f"{name}.3", 1, clip=False)
        else:
            y = network.convolve(y, f"{name}.0", 1)
            y = network.convolve(y, f"{name}.3", stride)
            y = network.convolve(y, f"{name}.6", 1, clip=False)
        x = x + y if x.shape == y.shape else y
    return network.convolve(x, "features.18.0", 1).mean((1, 2))


class _Network:
    """What the two ways of computing a layer share."""

    def layer(self, x: Array, name: str, stride: int) -> Array:
        raise NotImplementedError

    def convolve(self, x: Array, name: str, stride: int, *, clip: bool = True) -> Array:
        y = self.layer(x, name, stride)
        return np.clip(y, 0, 6) if clip else y


class _Original(_Network):
    def __init__(self, state: State) -> None:
        self.state = state

    @override
    def layer(self, x: Array, name: str, stride: int) -> Array:
        kernel = self.state[f"{name}.weight"]
        head, number = name.rsplit(".", 1)
        gamma, beta, mean, variance = (
            self.state[f"{head}.{int(number) + 1}.{key}"][:, None, None]
            for key in ("weight", "bias", "running_mean", "running_var")
        )
        y = convolved(x, kernel, stride)
        return (y - mean) / np.sqrt(variance + 1e-5) * gamma + beta


class _Folded(_Network):
    def __init__(self, folded: Folded) -> None:
        self.folded = folded

    @override
    def layer(self, x: Array, name: str, stride: int) -> Array:
        kernel, bias = self.folded[name]
        return convolved(x, kernel, stride) + bias[:, None, None]


def convolved(x: Array, kernel: Array, stride: int) -> Array:
    """Convolve (channel, y, x), padded by half the kernel on each side."""
    reach = kernel.shape[-1] // 2
    padded = np.pad(x, ((0, 0), (reach, reach), (reach, reach)))
    windows = sliding_window_view(padded, kernel.shape[2:], axis=(1, 2))
    windows = windows[:, ::stride, ::stride]
    if kernel.shape[1] == 1:
        return np.einsum("chwyx,cyx->chw", windows, kernel[:, 0], optimize=True)
    return np.einsum("ihwyx,oiyx->ohw", windows, kernel, optimize=True)
