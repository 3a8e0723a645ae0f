"""The learning rate as a fraction of its peak, from warm-up (in steps) and progress (0 to 1 of the budget, time or steps)."""

import math


def cosine(progress, decay):
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))


def wsd(progress, decay):
    """Warm-up, stable, decay: full until the last `decay` of the budget, then straight down to 0."""
    return min(1.0, max(0.0, (1 - progress) / decay))


SCHEDULES = {"cosine": cosine, "wsd": wsd}


def rate(recipe, step, progress):
    return recipe["lr"] * min(1.0, (step + 1) / recipe["warmup"]) * SCHEDULES[recipe["schedule"]](progress, recipe["decay"])
