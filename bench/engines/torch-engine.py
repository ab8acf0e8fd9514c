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


def build(workload):
    layers = []
    for layer in workload["layers"]:
        kind = layer["kind"]
        if kind == "linear":
            layers.append(torch.nn.Linear(layer["inputs"], layer["outputs"]))
        elif kind == "batchNorm":
            settings = {"eps": workload["eps"], "momentum": 1 - workload["decay"]}
            layers.append(torch.nn.BatchNorm1d(layer["channels"], **settings))
        elif kind == "sigmoid":
            layers.append(torch.nn.Sigmoid())
        elif kind == "relu":
            layers.append(torch.nn.ReLU())
        else:
            raise ValueError(f"torch: does not know the layer {kind}")
    return torch.nn.Sequential(*layers)


def tensors_of(model):
    """The model's tensors in the order of layerTensors, and whether each is stored transposed."""
    for layer in model:
        if isinstance(layer, torch.nn.Linear):
            yield layer.weight, True
            yield layer.bias, False
        elif isinstance(layer, torch.nn.BatchNorm1d):
            yield layer.weight, False
            yield layer.bias, False
            yield layer.running_mean, False
            yield layer.running_var, False


class Trainer:
    def __init__(self, directory):
        def read(name, dtype):
            return torch.from_numpy(numpy.fromfile(os.path.join(directory, name), dtype=dtype))

        with open(os.path.join(directory, "workload.json"), encoding="utf-8") as file:
            workload = json.load(file)
        self.x = read("x.f32", numpy.float32).reshape(workload["batch"], -1)
        self.labels = read("labels.i32", numpy.int32).long()
        self.initial = read("initial.f32", numpy.float32)
        self.model = build(workload)
        self.loss_function = torch.nn.CrossEntropyLoss()
        rate = workload["learningRate"]
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=rate, foreach=True)
        self.loss = None

    def reset(self):
        offset = 0
        with torch.no_grad():
            for tensor, transposed in tensors_of(self.model):
                part = self.initial[offset : offset + tensor.numel()]
                offset += tensor.numel()
                tensor.copy_(part.reshape(tensor.shape[::-1]).t() if transposed else part)
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
            parts = [(t.t() if swap else t).reshape(-1) for t, swap in tensors_of(self.model)]
            torch.cat(parts).numpy().tofile(path)


def check(trainer, request):
    trainer.reset()
    losses = []
    for _ in range(request["steps"]):
        trainer.run(1)
        losses.append(trainer.loss.item())
    trainer.save(request["file"])
    return {"losses": losses}


def time_steps(trainer, request):
    seconds = request["seconds"]
    trainer.reset()
    start = time.perf_counter()
    chunk = 0
    while time.perf_counter() - start < seconds / 5 or chunk < 2:
        trainer.run(1)
        chunk += 1
    chunk = max(1, chunk // 4)
    steps = 0
    elapsed = 0.0
    start = time.perf_counter()
    while elapsed < seconds:
        trainer.run(chunk)
        steps += chunk
        elapsed = time.perf_counter() - start
    return {"steps": steps, "msPerStep": elapsed * 1000 / steps}


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
    trainer = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["command"] == "load":
                trainer = Trainer(request["directory"])
                reply = {}
            elif request["command"] == "check":
                reply = check(trainer, request)
            elif request["command"] == "time":
                reply = time_steps(trainer, request)
            else:
                raise ValueError(f"torch: does not know the command {request['command']}")
        except Exception as error:  # the bench says why an engine is left out
            reply = {"error": str(error) or type(error).__name__}
        print(json.dumps(reply), flush=True)


main()
