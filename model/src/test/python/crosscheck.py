"""Recomputes with scikit-learn what unmask measured: the scores and its figures come as JSON on standard input.

Run by MetricsCrossCheckTest (mvn -P slow -pl model -am verify); needs Debian's python3-sklearn. Prints each difference.
"""

import json
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    brier_score_loss,
    confusion_matrix,
    log_loss,
    roc_auc_score,
    roc_curve,
)

case = json.load(sys.stdin)
fake = np.array(case["fake"])
logit = np.array(case["logits"])
p = 1 / (1 + np.exp(-logit))
called = p >= case["threshold"]
tn, fp, fn, tp = confusion_matrix(fake, called).ravel()

fpr, tpr, _ = roc_curve(fake, logit, drop_intermediate=False)
gap = fpr - (1 - tpr)
i = int(np.argmax(gap >= 0))
eer = fpr[i - 1] + (fpr[i] - fpr[i - 1]) * -gap[i - 1] / (gap[i] - gap[i - 1])

bins = np.minimum(14, (p * 15).astype(int))
ece = sum(abs(p[bins == b].mean() - fake[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins))

# Platt's targets as weights: each clip stands for its target's share of either class.
high, low = (fake.sum() + 1) / (fake.sum() + 2), 1 / ((~fake).sum() + 2)
target = np.where(fake, high, low)
platt = LogisticRegression(C=1e12, tol=1e-12, max_iter=10000).fit(
    np.concatenate([logit, logit])[:, None],
    np.repeat([1, 0], len(logit)),
    sample_weight=np.concatenate([target, 1 - target]),
)

expected = {
    "auc": roc_auc_score(fake, logit),
    "eer": eer,
    "ap": average_precision_score(fake, logit),
    "apcer": fn / (fn + tp),
    "bpcer": fp / (fp + tn),
    "accuracy": accuracy_score(fake, called),
    "log_loss": log_loss(fake, p),
    "brier": brier_score_loss(fake, p),
    "ece": ece,
    "temperature": 1 / platt.coef_[0][0],
    "bias": platt.intercept_[0],
}
tolerance = {"temperature": 1e-4, "bias": 1e-4}
wrong = 0
for name, value in expected.items():
    difference = abs(value - case["figures"][name])
    if difference > tolerance.get(name, 1e-9):
        wrong += 1
        print(f"{name}: scikit-learn {value}, unmask {case['figures'][name]}")
print(f"{len(expected) - wrong} of {len(expected)} figures agree on {len(fake)} scores")
sys.exit(1 if wrong else 0)
