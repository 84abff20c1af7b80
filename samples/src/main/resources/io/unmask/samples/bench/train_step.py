"""The training step of `unmask train` as one would write it in PyTorch, with the layers and losses that TrainingRow sets, and
the same optimiser and average of the weights, on one batch in memory. Each line of standard input says how many steps to run;
the answer is the seconds that they took. All clips are full, so that no masks are needed."""
import argparse
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

options = argparse.ArgumentParser()
options.add_argument("--widths", type=int, nargs="+", required=True)
for name in ("units", "size", "frames", "clips", "threads"):
    options.add_argument("--" + name, type=int, required=True)
options = options.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(7)


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        layers, channels = [], 24
        for stage, width in enumerate(options.widths):
            if stage:
                layers.append(nn.MaxPool2d(2))
            for inputs in [channels, width] if stage >= 2 else [channels]:
                layers += [
                    nn.Conv2d(inputs, width, 3, padding=1, bias=False),
                    nn.BatchNorm2d(width, eps=1e-3, momentum=0.01),
                    nn.ReLU(inplace=True),
                ]
            channels = width
        self.encoder = nn.Sequential(*layers)
        self.frame = nn.Linear(channels, 2)
        self.gru = nn.GRU(channels, options.units, batch_first=True)
        self.attention = nn.Linear(options.units, 1)
        self.clip = nn.Linear(options.units, 2)

    def forward(self, clips):  # uint8 [B,T,3,S,S]
        x = clips.flatten(0, 1).contiguous(memory_format=torch.channels_last).float() / 127.5 - 1
        mean = F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
        x = F.pixel_unshuffle(torch.cat([x, (x - mean) * 6], 1), 2)
        features = self.encoder(x.contiguous(memory_format=torch.channels_last)).mean((2, 3)).unflatten(0, clips.shape[:2])
        frames = self.frame(features)  # [B,T,2]
        states = self.gru(features)[0]  # [B,T,U]
        pooled = (states * self.attention(states).softmax(1)).sum(1)
        return frames.mean(1) + self.clip(pooled), frames


model = Detector().to(memory_format=torch.channels_last)
decayed = [p for p in model.parameters() if p.dim() > 1]
others = [p for p in model.parameters() if p.dim() <= 1]
adam = torch.optim.AdamW(
    [{"params": decayed, "weight_decay": 0.05}, {"params": others, "weight_decay": 0}], lr=1e-4, betas=(0.9, 0.98), foreach=True
)
weights = list(model.parameters())
averages = [p.detach().clone() for p in weights]
clips = torch.randint(0, 256, (options.clips, options.frames, 3, options.size, options.size), dtype=torch.uint8)
labels = F.one_hot(torch.arange(options.clips) % 2, 2).float() * 0.9 + 0.05


def step():
    logits, frames = model(clips)
    each = labels[:, None].expand_as(frames).flatten(0, 1)
    loss = F.cross_entropy(logits, labels) + 0.5 * F.cross_entropy(frames.flatten(0, 1), each)
    adam.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(weights, 1.0)
    adam.step()
    with torch.no_grad():
        torch._foreach_mul_(averages, 0.98)
        torch._foreach_add_(averages, [p.detach() for p in weights], alpha=0.02)
    return loss.item()


for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(int(line)):
        step()
    print(time.perf_counter() - start, flush=True)
