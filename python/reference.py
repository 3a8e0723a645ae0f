"""Prints what model.py computes from a model's stored weights: the logits after the last token of --ids, float64 maths.

    python3 python/reference.py --model public/models/story-nano --ids 1,2,3
    python3 python/reference.py --model public/models/story-nano --fixture-out --en 0,5,9 --zh 0,7,8

--fixture-out writes src/model/shipped-fixtures/<id>.json instead: {"prompts": [{language, ids, logits}]}, seven
significant digits. With a prefix mask the whole prompt is the prefix.
"""

import argparse
import json
from pathlib import Path

import torch

from fixtures import FOLDER, build


def last_logits(model, ids):
    with torch.no_grad():
        logits = model(torch.tensor([ids]), len(ids))[0, -1]
    return [float(f"{value:.7g}") for value in logits.tolist()]


def numbers(text):
    return [int(part) for part in text.split(",")]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, type=Path, help="folder of config.json and model.safetensors")
    parser.add_argument("--ids", type=numbers, help="token ids, separated by commas")
    parser.add_argument("--float32", action="store_true", help="float32 maths instead of float64")
    parser.add_argument("--fixture-out", action="store_true", help="write the fixture of a shipped model")
    parser.add_argument("--en", type=numbers, help="ids of the English prompt")
    parser.add_argument("--zh", type=numbers, help="ids of the Chinese prompt")
    chosen = parser.parse_args()
    wanted = ("en", "zh") if chosen.fixture_out else ("ids",)
    for name in wanted:
        if getattr(chosen, name) is None:
            parser.error(f"--{name} is missing; give token ids separated by commas.")
    torch.set_num_threads(1)
    model = build(chosen.model, torch.float32 if chosen.float32 else torch.float64)
    if chosen.fixture_out:
        prompts = [{"language": name, "ids": getattr(chosen, name), "logits": last_logits(model, getattr(chosen, name))}
                   for name in wanted]
        target = FOLDER.parent / "shipped-fixtures" / f"{chosen.model.resolve().name}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps({"prompts": prompts}) + "\n", encoding="utf-8")
        print(f"wrote {target.relative_to(FOLDER.parent.parent.parent)}")
    else:
        print(json.dumps({"ids": chosen.ids, "logits": last_logits(model, chosen.ids)}))
