"""The mixture of experts of CPM-2 (arXiv 2106.10715): one FFN of several for each token, chosen by a gate. h [.., C], E experts.

CPM-2's gate is random and never trained: the expert of a token is the argmax of norm(x) · centroids. In training every expert gets
the same number of tokens, by the auction of BASE layers (Lewis et al. 2021, arXiv 2103.16188). The learned gate is not CPM-2's but
Switch Transformer's (arXiv 2101.03961): argmax, the expert's output times its softmax probability, and a loss that balances.
An expert has three matrices; the series activation's vectors belong to the layer and are shared by its experts.
"""

import torch
from torch import nn

GATE_GAIN = 0.01
PINNED, ROUNDS = 100, 200  # of the auction


def draw_centroids(experts, width, generator, gain=GATE_GAIN):
    """[E, C] random rows, orthogonal to each other where E ≤ C; each of length `gain`."""
    square = torch.randn(max(experts, width), min(experts, width), generator=generator, dtype=torch.float64)
    q, r = torch.linalg.qr(square)
    q = q * torch.sign(torch.diagonal(r))
    return (gain * (q if experts > width else q.T)).float().contiguous()


def balanced_assignment(scores):
    """scores [M, E] → [M] the expert of each row, M / E rows an expert, by BASE's auction.

    A round: every expert bids on the M / E rows that are worth most to it (ties: the earlier row) what they are worth more than
    the best row it leaves, plus ε; a row goes to the highest bidder (ties: the earlier expert) and its price rises by the
    bid. A row's worth is score − price; but rows that an expert won in the last round come first and get a bid of ε, or
    from round PINNED on are worth their score, which soon ends it. Over when every row has a bid, or after ROUNDS: then each
    row without an expert goes to the one with the best score that has room.
    """
    m, experts = scores.shape
    share, score = m // experts, scores.detach().T
    largest = score.max()
    epsilon = max(float(largest - score.min()) / 50, 1e-4)
    price, owner = torch.zeros_like(score[0]), torch.full((m,), -1)
    for current in range(ROUNDS):
        held, pinned = owner == torch.arange(experts)[:, None], current < PINNED
        worth = torch.where(held, largest if pinned else score, score - price)
        order = worth.argsort(dim=1, descending=True, stable=True)
        wanted, left = order[:, :share], worth.gather(1, order[:, share:share + 1])
        bids = torch.zeros_like(score).scatter(1, wanted, worth.gather(1, wanted) - left + epsilon)
        if pinned:
            bids[held] = epsilon
        high = bids.max(0).values
        # PyTorch's argmax leaves open which of equals it takes, except of 0 and 1.
        owner = torch.where(high > 0, (bids == high).int().argmax(0), -1)
        price = price + high
        if (owner >= 0).all():
            return owner
    room = share - torch.bincount(owner[owner >= 0], minlength=experts)
    for row in (owner < 0).nonzero()[:, 0].tolist():
        owner[row] = score[:, row].masked_fill(room == 0, -torch.inf).argmax()
        room[owner[row]] -= 1
    return owner


class Gate(nn.Module):
    """weight [E, C]; a buffer where nothing trains it, so that no optimiser sees it."""

    def __init__(self, config):
        super().__init__()
        weight = torch.zeros(config.num_experts, config.hidden_size)
        if config.expert_gate == "learned":
            self.weight = nn.Parameter(weight)
        else:
            self.register_buffer("weight", weight)

    def forward(self, h):
        return h @ self.weight.T


class Expert(nn.Module):
    def __init__(self, config):
        super().__init__()
        c, f = config.hidden_size, config.intermediate_size
        self.gate_proj = nn.Linear(c, f, bias=False) if config.ffn_gated else None
        self.up_proj = nn.Linear(c, f, bias=False)
        self.down_proj = nn.Linear(f, c, bias=False)


class Experts(nn.Module):
    """Takes the place of model.py's FeedForward. `balance`: every expert an equal share, as in CPM-2's training. After a call
    `scores` [M, E] and `expert` [M] tell what the gate said and which expert each row went to."""

    def __init__(self, config, act, series, output_norm):
        super().__init__()
        self.config, self.act, self.balance = config, act, False
        self.gate = Gate(config)
        self.experts = nn.ModuleList(Expert(config) for _ in range(config.num_experts))
        self.series, self.output_norm = series, output_norm
        self.expert, self.scores = None, None

    def forward(self, h):
        act = self.act if self.series is None else self.series
        x = h.flatten(0, -2)
        learned = self.config.expert_gate == "learned"
        self.scores = self.gate(x if learned else x.detach())
        balanced = self.balance and not learned
        self.expert = balanced_assignment(self.scores) if balanced else self.scores.argmax(-1)
        order = self.expert.argsort(stable=True)
        counts = torch.bincount(self.expert, minlength=len(self.experts)).tolist()
        outputs = []
        for expert, rows in zip(self.experts, x[order].split(counts)):
            up = expert.up_proj(rows)
            middle = act(up) if expert.gate_proj is None else act(expert.gate_proj(rows)) * up
            outputs.append(expert.down_proj(middle))
        y = torch.cat(outputs)[order.argsort()]
        if learned:
            y = y * self.scores.softmax(-1).gather(1, self.expert[:, None])
        y = y.view_as(h)
        return y if self.output_norm is None else self.output_norm(y)

    def balancing_loss(self, counted):
        """coefficient · E · Σₑ fₑ · Pₑ: f the share of the rows that went to e, P the sum of its probabilities over `counted` rows."""
        if self.config.expert_gate != "learned":
            return 0.0
        experts = self.config.num_experts
        share = torch.bincount(self.expert, minlength=experts).to(self.scores) / len(self.expert)
        return self.config.router_aux_loss_coef * experts * (share * self.scores.softmax(-1).sum(0) / counted).sum()
