"""PyTorch on the CPU: nn modules, cross_entropy, optim.SGD. Speaks protocol.ts on stdin and stdout.

The number of threads is the first argument; the BLAS takes its own from the environment.
"""

import ctypes
import json
import os
import sys
import time

import numpy
import torch


class ChannelsLastFlatten(torch.nn.Module):
    """Joins height, width and channels in this order; of a channels-last tensor without a copy."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1)


def build(workload):
    image = len(workload["inputShape"]) == 3
    layers = []
    for layer in workload["layers"]:
        kind = layer["kind"]
        if kind == "linear":
            layers.append(torch.nn.Linear(layer["inputs"], layer["outputs"]))
        elif kind == "conv2d":
            size = layer["kernel"]
            sizes = (layer["inputs"], layer["outputs"], size)
            layers.append(torch.nn.Conv2d(*sizes, padding=size // 2))
        elif kind == "batchNorm":
            settings = {"eps": workload["eps"], "momentum": 1 - workload["decay"]}
            norm = torch.nn.BatchNorm2d if image else torch.nn.BatchNorm1d
            layers.append(norm(layer["channels"], **settings))
        elif kind == "maxPool2d":
            layers.append(torch.nn.MaxPool2d(layer["size"]))
        elif kind == "flatten":
            image = False
            layers.append(ChannelsLastFlatten())
        elif kind == "dropout":
            layers.append(torch.nn.Dropout(layer["rate"]))
        elif kind == "sigmoid":
            layers.append(torch.nn.Sigmoid())
        elif kind == "relu":
            layers.append(torch.nn.ReLU())
        else:
            raise ValueError(f"torch: does not know the layer {kind}")
    return torch.nn.Sequential(*layers).to(memory_format=torch.channels_last)


def tensors_of(model):
    """The model's tensors in the order of layerTensors, as views in the bench's layout."""
    for layer in model:
        if isinstance(layer, torch.nn.Linear):
            yield layer.weight.t()
            yield layer.bias
        elif isinstance(layer, torch.nn.Conv2d):
            yield layer.weight.permute(2, 3, 1, 0)
            yield layer.bias
        elif isinstance(layer, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d)):
            yield layer.weight
            yield layer.bias
            yield layer.running_mean
            yield layer.running_var


def read(directory, name, dtype):
    return torch.from_numpy(numpy.fromfile(os.path.join(directory, name), dtype=dtype))


def channels_first(x):
    """An image batch as PyTorch indexes it; in memory the channels stay last."""
    return x.permute(0, 3, 1, 2)


class Trainer:
    def __init__(self, directory, workload):
        self.workload = workload
        shape = [workload["batch"], *workload["inputShape"]]
        x = read(directory, "x.f32", numpy.float32).reshape(shape)
        self.x = channels_first(x) if len(shape) == 4 else x
        self.labels = read(directory, "labels.i32", numpy.int32).long()
        self.initial = read(directory, "initial.f32", numpy.float32)
        self.masks = read(directory, "masks.u8", numpy.uint8)
        self.model = build(workload)
        self.loss_function = torch.nn.CrossEntropyLoss()
        rate = workload["learningRate"]
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=rate, foreach=True)
        self.loss = None

    def reset(self):
        offset = 0
        with torch.no_grad():
            for tensor in tensors_of(self.model):
                part = self.initial[offset : offset + tensor.numel()]
                offset += tensor.numel()
                tensor.copy_(part.reshape(tensor.shape))
        if offset != self.initial.numel():
            raise ValueError(f"torch: the model has {offset} numbers, got {self.initial.numel()}")

    def run(self, count):
        for _ in range(count):
            self.optimizer.zero_grad(set_to_none=True)
            self.loss = self.loss_function(self.model(self.x), self.labels)
            self.loss.backward()
            self.optimizer.step()

    def save(self, path):
        with torch.no_grad():
            parts = [tensor.reshape(-1) for tensor in tensors_of(self.model)]
            torch.cat(parts).numpy().tofile(path)

    def check(self, path):
        self.reset()
        dropouts = [layer for layer in self.model if isinstance(layer, torch.nn.Dropout)]
        losses = []
        masks = Masks(self.masks)
        for layer in dropouts:
            masks.give_to(layer)
        started = time.perf_counter()
        for _ in range(self.workload["checkSteps"]):
            self.run(1)
            losses.append(self.loss.item())
        seconds = (time.perf_counter() - started) / len(losses)
        self.save(path)
        for layer in dropouts:
            del layer.forward
            check_drawing(layer)
        return {"losses": losses, "seconds": seconds}


class Masks:
    """Hands out the given masks in the order in which the layers ask for them."""

    def __init__(self, masks):
        self.unread = masks

    def give_to(self, layer):
        """Lets a dropout layer take its next masks from here in place of drawing them."""

        def forward(x):
            mask = self.unread[: x.numel()].reshape(x.shape)
            self.unread = self.unread[x.numel() :]
            return x * (mask.to(x.dtype) / (1 - layer.p))

        layer.forward = forward


def check_drawing(layer):
    """What the given masks leave out: a dropout layer's own masks have the right share and scale."""
    count = 1 << 20
    with torch.no_grad():
        y = layer(torch.ones(count))
    kept = (y != 0).double().mean().item()
    spread = (layer.p * (1 - layer.p) / count) ** 0.5
    if abs(kept - (1 - layer.p)) > 6 * spread:
        raise ValueError(f"torch: dropout keeps {kept}, not {1 - layer.p}")
    if (y[y != 0] - 1 / (1 - layer.p)).abs().max().item() > 1e-6:
        raise ValueError("torch: dropout does not scale by 1 / (1 - rate)")


class Calculator:
    def __init__(self, directory, workload):
        def operand(index):
            shape = workload["operands"][index]["shape"]
            return read(directory, f"operand-{index}.f32", numpy.float32).reshape(shape)

        first, second = operand(0), operand(1)
        side = workload["kernel"] // 2
        op = workload["op"]
        if op == "matmul":
            out = torch.empty(first.shape[0], second.shape[1])
            self.compute = lambda: torch.mm(first, second, out=out)
            self.layout = lambda y: y
        elif op == "conv-forward":
            x, w = channels_first(first), second.permute(3, 2, 0, 1)
            w = w.contiguous(memory_format=torch.channels_last)
            self.compute = lambda: torch.nn.functional.conv2d(x, w, padding=side)
            self.layout = lambda y: y.permute(0, 2, 3, 1)
        elif op == "conv-input-gradient":
            dy, w = channels_first(first), second.permute(3, 2, 0, 1)
            w = w.contiguous(memory_format=torch.channels_last)
            x = torch.empty_like(dy)
            self.compute = lambda: backward_of_convolution(dy, x, w, side, by_input=True)
            self.layout = lambda dx: dx.permute(0, 2, 3, 1)
        elif op == "conv-weight-gradient":
            x, dy = channels_first(first), channels_first(second)
            kernel, _, inputs, outputs = workload["result"]
            w = torch.empty(outputs, inputs, kernel, kernel)
            w = w.contiguous(memory_format=torch.channels_last)
            self.compute = lambda: backward_of_convolution(dy, x, w, side, by_input=False)
            self.layout = lambda dw: dw.permute(2, 3, 1, 0)
        else:
            raise ValueError(f"torch: does not know the operation {op}")
        self.result = None

    def reset(self):
        pass

    def run(self, count):
        with torch.no_grad():
            for _ in range(count):
                self.result = self.compute()

    def check(self, path):
        started = time.perf_counter()
        self.run(1)
        seconds = time.perf_counter() - started
        self.layout(self.result).contiguous().numpy().tofile(path)
        return {"losses": [], "seconds": seconds}


def backward_of_convolution(dy, x, w, side, by_input):
    sides = [side, side]
    wanted = [by_input, not by_input, False]
    gradients = torch.ops.aten.convolution_backward(
        dy, x, w, None, [1, 1], sides, [1, 1], False, [0, 0], 1, wanted
    )
    return gradients[0 if by_input else 1]


def time_steps(subject, request):
    seconds = request["seconds"]
    subject.reset()
    start = time.perf_counter()
    chunk = 0
    while time.perf_counter() - start < seconds / 5:
        subject.run(1)
        chunk += 1
    chunk = max(1, chunk // 4)
    steps = 0
    elapsed = 0.0
    start = time.perf_counter()
    while elapsed < seconds:
        subject.run(chunk)
        steps += chunk
        elapsed = time.perf_counter() - start
    return {"steps": steps, "msPerStep": elapsed * 1000 / steps}


def load(directory):
    with open(os.path.join(directory, "workload.json"), encoding="utf-8") as file:
        workload = json.load(file)
    return (Trainer if workload["kind"] == "network" else Calculator)(directory, workload)


def describe():
    """Says which BLAS the process really runs on: without OpenBLAS its numbers mean little."""
    torch.mm(torch.ones(8, 8), torch.ones(8, 8))
    threads = torch.get_num_threads()
    if torch.backends.mkl.is_available():
        return {"description": f"PyTorch {torch.__version__}, MKL, threads: {threads}"}
    try:
        blas = ctypes.CDLL("libblas.so.3")
        blas.openblas_get_config.restype = ctypes.c_char_p
        blas.openblas_get_corename.restype = ctypes.c_char_p
        name = " ".join(blas.openblas_get_config().decode().split()[:2])
        core = blas.openblas_get_corename().decode()
    except (OSError, AttributeError):
        return {
            "description": f"PyTorch {torch.__version__}, reference BLAS, threads: {threads}",
            "warning": "PyTorch runs on an untuned BLAS, which flatters everyone else: "
            "install OpenBLAS (Debian: libopenblas0-pthread)",
        }
    return {"description": f"PyTorch {torch.__version__}, {name} ({core}), threads: {threads}"}


def main():
    torch.set_num_threads(int(sys.argv[1]))
    print(json.dumps(describe()), flush=True)
    subject = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["command"] == "load":
                subject = load(request["directory"])
                reply = {}
            elif request["command"] == "check":
                reply = subject.check(request["file"])
            elif request["command"] == "time":
                reply = time_steps(subject, request)
            else:
                raise ValueError(f"torch: does not know the command {request['command']}")
        except Exception as error:  # the bench says why an engine is left out
            reply = {"error": str(error) or type(error).__name__}
        print(json.dumps(reply), flush=True)


main()
