"""Pretrains a shipped model on the CPU: recipes/<model>.json + token streams → f16 checkpoint, config and training.json.

    python3 python/pretrain.py --model story-micro --data .cache/corpora/story-micro --out public/models/story-micro --minutes 60

Progress is wall time when --minutes is given, else steps of the recipe; the schedule's decay fits into the last part of it.
A second call goes on where the first stopped; after a finished run it goes on from the state before the decay.
Signals: TERM or INT stop now, USR1 starts the decay now. Either way the model is written as it then is.
State and log.jsonl lie in .cache/training/<model>/.
"""

import argparse
import json
import os
import platform
import signal
import time
from pathlib import Path

# Threads that spin at a barrier take the core from whatever else runs. Read once, when PyTorch loads OpenMP.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch

from pangu_pi.config import Config
from pangu_pi.held_out import HeldOut
from pangu_pi.initialise import initialise
from pangu_pi.model import PanGuPi
from pangu_pi.optimiser import Optimiser
from pangu_pi.packing import Batches, read_stream
from pangu_pi.safetensors import load, save
from pangu_pi.schedule import rate
from pangu_pi.trainer import Trainer
from pangu_pi.upcycle import upcycle

HERE = Path(__file__).resolve().parent


def machine(threads):
    names = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return f"{names[0] if names else platform.processor()}, {threads} of {len(names)} cores, bf16 products, f32 state"


class Run:
    def __init__(self, arguments):
        self.arguments, self.out = arguments, Path(arguments.out)
        recipe = json.loads((HERE / f"recipes/{arguments.model}.json").read_text(encoding="utf-8"))
        self.recipe = {**recipe["recipe"], **json.loads(arguments.set)}
        data = Path(arguments.data)
        stream = read_stream(data / "train.u16")
        shape = {**recipe["config"], "num_experts": 0} if arguments.dense else recipe["config"]
        self.config = Config(**{**shape, "bos_token_id": int(stream[0]), "eos_token_id": int(stream[-1])})
        if int(stream.max()) >= self.config.vocab_size:
            raise ValueError(f"{data}/train.u16 holds token {stream.max()}, the recipe's vocab_size is {self.config.vocab_size}.")
        self.stream_tokens, context, seed = len(stream), self.recipe["context"], self.recipe["seed"]
        self.batches = Batches(stream, self.config.bos_token_id, context + 1, self.recipe["batch"], seed)
        self.held_out = HeldOut(data, self.config.bos_token_id, context)
        self.parent = recipe.get("parent")
        self.trainer = Trainer(self.config, self.first_weights(seed))
        self.optimiser = Optimiser(self.trainer, self.recipe)
        self.step, self.seconds, self.stop, self.decay_from = 0, 0.0, False, None
        self.folder = HERE.parent / ".cache/training" / (arguments.name or arguments.model)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.resume()

    def first_weights(self, seed):
        """Random, or those of the recipe's parent with its FFNs copied to the experts."""
        if self.parent is None:
            return initialise(PanGuPi(self.config), seed).state_dict()
        return upcycle(self.config, load(HERE.parent / f"public/models/{self.parent}/model.safetensors"), seed)

    def resume(self):
        """The unfinished run if there is one, else the state before the last decay."""
        for name in ("latest", "stable"):
            path = self.folder / f"{name}.pt"
            if path.exists() and not self.arguments.fresh:
                state = torch.load(path)
                self.trainer.flat.copy_(state["flat"])
                self.trainer.flat16.copy_(state["flat"])
                self.optimiser.load(state["optimiser"])
                self.step, self.seconds = state["step"], state["seconds"]
                self.batches.epoch, self.batches.row = state["epoch"], state["row"]
                self.log({"event": f"goes on from {name}.pt"})
                return

    def checkpoint(self, name):
        state = {"flat": self.trainer.flat, "optimiser": self.optimiser.state(), "step": self.step, "seconds": self.elapsed(),
                 "epoch": self.batches.epoch, "row": self.batches.row}
        partial = self.folder / f"{name}.partial"
        torch.save(state, partial)
        partial.replace(self.folder / f"{name}.pt")

    def log(self, entry):
        line = json.dumps({"step": self.step, **entry})
        print(line, flush=True)
        with open(self.folder / "log.jsonl", "a", encoding="utf-8") as file:
            file.write(line + "\n")

    def elapsed(self):
        return self.seconds + time.monotonic() - self.started

    def progress(self):
        if self.decay_from is not None:
            start, length = self.decay_from
            return 1 - self.recipe["decay"] * (1 - (self.elapsed() - start) / length)
        if self.arguments.minutes:
            total = self.seconds + self.arguments.minutes * 60
            # A short call on top of a long run has time for a shorter decay only, but for a whole one.
            window = min(self.recipe["decay"] * total, self.arguments.minutes * 60)
            left = total - self.elapsed()
            return 1 - self.recipe["decay"] * left / window if left < window else self.elapsed() / total
        return self.step / self.recipe["steps"]

    def decay_now(self, *_):
        """As long a decay as a budget that ended with it would have had."""
        now, share = self.elapsed(), self.recipe["decay"]
        self.decay_from = self.decay_from or (now, now * share / (1 - share))

    def stop_now(self, *_):
        self.stop = True

    def train(self):
        self.started = time.monotonic()
        for number, handler in ((signal.SIGTERM, self.stop_now), (signal.SIGINT, self.stop_now), (signal.SIGUSR1, self.decay_now)):
            signal.signal(number, handler)
        recipe, saved, marked, since, loss_sum, count = self.recipe, self.elapsed(), False, time.monotonic(), 0.0, 0
        while not self.stop and self.progress() < 1:
            progress = self.progress()
            if progress >= 1 - recipe["decay"] and not marked and recipe["schedule"] == "wsd":
                self.checkpoint("stable")
                marked = True
            rows = torch.from_numpy(self.batches.next())
            loss = self.trainer.backward(rows[:, :-1].contiguous(), rows[:, 1:].contiguous())
            if not loss < 50:
                raise ValueError(f"step {self.step}: the loss is {loss}; lower lr {recipe['lr']} and start with --fresh.")
            lr = rate(recipe, self.step, progress)
            norm = self.optimiser.step(lr)
            self.step, loss_sum, count = self.step + 1, loss_sum + loss, count + 1
            if self.step % recipe["logEvery"] == 0:
                speed = count * recipe["batch"] * recipe["context"] / (time.monotonic() - since)
                self.log({"loss": round(loss_sum / count, 4), "lr": round(lr, 7), "norm": round(norm, 3), "epoch": self.batches.epoch,
                          "tokensPerSecond": int(speed), "seconds": int(self.elapsed()), "progress": round(progress, 4)})
                since, loss_sum, count = time.monotonic(), 0.0, 0
            if self.step % recipe["heldOutEvery"] == 0:
                self.log({"heldOut": self.held_out.measure(self.trainer, recipe["batch"], recipe["heldOutDocuments"])})
                since, loss_sum, count = time.monotonic(), 0.0, 0
            if self.elapsed() - saved > 120:
                self.checkpoint("latest")
                saved = self.elapsed()
        self.finish()

    def finish(self):
        finished = not self.stop
        if finished:
            (self.folder / "latest.pt").unlink(missing_ok=True)
        else:
            self.checkpoint("latest")
        seconds = self.elapsed()
        result = self.held_out.measure(self.trainer, self.recipe["batch"])
        self.log({"event": "finished" if finished else "stopped", "heldOut": result, "seconds": int(seconds)})
        recipe, state = self.recipe, self.trainer.state()
        tokens = self.step * recipe["batch"] * recipe["context"]
        self.config.write(self.out)
        save(self.out / "model.safetensors", state, "F16")
        training = {"model": self.arguments.model, "parameters": sum(w.numel() for w in state.values()), "recipe": recipe,
                    "steps": self.step, "tokens": tokens, "epochs": round(tokens / self.stream_tokens, 2), "seconds": int(seconds),
                    **({"parent": self.parent} if self.parent else {}), "decayed": finished, "heldOut": result, "torch": torch.__version__, "machine": machine(torch.get_num_threads())}
        (self.out / "training.json").write_text(json.dumps(training, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="name of a recipe")
    parser.add_argument("--data", required=True, help="folder of train.u16, held-out.u16 and held-out.json")
    parser.add_argument("--out", required=True, help="folder of the finished model")
    parser.add_argument("--minutes", type=float, default=0, help="wall time of this call; 0: the recipe's steps")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--fresh", action="store_true", help="start anew, whatever .cache/training holds")
    parser.add_argument("--dense", action="store_true", help="the recipe without its experts: its parent trained on, for comparison")
    parser.add_argument("--name", help="folder below .cache/training, the model's name by default")
    parser.add_argument("--set", default="{}", help='JSON over the recipe, such as {"lr": 0.002}')
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    Run(chosen).train()
