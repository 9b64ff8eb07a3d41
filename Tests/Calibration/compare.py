#!/usr/bin/env python3
"""Makes data sets of shapes that calibration meets, and what scikit-learn's converged L2 logistic regression makes of
them, for CalibrationAgainstScikitLearn in Tests/Unit/Scoring.

For each shape: NAME.csv (success, then one column a field, named type:name; blank is missing; the last quarter is held
out) and NAME.json with scikit-learn's figures on the same split. Usage: compare.py FOLDER
"""
import json
import sys

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

SUPPORT, VALUES, FEATURES, HELD_OUT = 10, 100, 400, 0.25


def logistic(x):
    return 1 / (1 + np.exp(-x))


def wide(seed=11, leads=6_000):
    """Many texts with many values, few of which matter."""
    r = np.random.default_rng(seed)
    columns, odds = {}, np.full(leads, -0.8)
    for n, size in enumerate((5, 12, 40, 80, 150, 300)):
        share = 1 / np.arange(1, size + 1)
        codes = r.choice(size, leads, p=share / share.sum())
        odds += r.normal(0, 0.5, size)[codes]
        columns[f"text:c{n}"] = [f"V{code}" for code in codes]
    return pd.DataFrame(columns), r.random(leads) < logistic(odds)


def missing(seed=12, leads=5_000):
    """Numbers and texts that are missing, by chance and not by chance."""
    r = np.random.default_rng(seed)
    x = r.normal(0, 1, (leads, 6)) * (1, 10, 100, 0.1, 5, 1) + (0, 50, -20, 3, 0, 1)
    odds = 0.9 * x[:, 0] - 0.05 * (x[:, 1] - 50) + 0.004 * (x[:, 2] + 20) + 4 * (x[:, 3] - 3)
    columns = {f"number:n{i}": x[:, i].copy() for i in range(6)}
    for i, share in enumerate((0.1, 0.3, 0.05, 0.5, 0.2, 0)):
        gone = r.random(leads) < share
        columns[f"number:n{i}"][gone] = np.nan
        odds += 0.4 * (i == 1) * gone
    text = r.choice(["web", "event", "partner", ""], leads, p=(0.5, 0.2, 0.1, 0.2))
    odds += np.select([text == "partner", text == ""], [0.8, -0.5], 0)
    columns["text:source"] = [value or None for value in text]
    return pd.DataFrame(columns), r.random(leads) < logistic(odds)


def imbalanced(seed=13, leads=20_000):
    """Two successes in a hundred."""
    r = np.random.default_rng(seed)
    x = r.normal(0, 1, (leads, 5))
    text = r.choice([f"k{i}" for i in range(20)], leads)
    odds = -5 + 1.1 * x[:, 0] + 0.6 * x[:, 1] + np.where(text == "k3", 1.5, 0)
    columns = {f"number:n{i}": x[:, i] for i in range(5)} | {"text:kind": text}
    return pd.DataFrame(columns), r.random(leads) < logistic(odds)


def breast_cancer():
    """569 real cases with 30 correlated measurements (UCI, shipped with scikit-learn)."""
    data = load_breast_cancer()
    order = np.random.default_rng(14).permutation(len(data.target))
    frame = pd.DataFrame(data.data[order], columns=[f"number:m{i}" for i in range(30)])
    return frame, data.target[order] == 1


def design(frame, train):
    """The same columns as FeatureSpace: values with enough support, numbers with an indicator, all scaled."""
    columns = []
    for name in frame.columns:
        gone = frame[name].isna().to_numpy()
        if name.startswith("number:"):
            values = frame[name].to_numpy(float)
            mean = np.nanmean(values[train])
            columns.append((np.where(gone, mean, values), int(np.sum(~gone & (values != 0))), mean))
        else:
            texts = frame[name].str.lower()
            counts = texts[train].value_counts()
            counts = counts[(counts >= SUPPORT) & (counts < train.sum())]
            ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:VALUES]
            columns += [((texts == value).to_numpy(float), count, 0) for value, count in ranked]
        columns.append((gone.astype(float), int(gone[train].sum()), 0))
    kept = [(values - centre) / values[train].std() for values, _, centre in columns if values[train].std() > 1e-12]
    assert len(kept) <= FEATURES
    return np.column_stack(kept)


def main(folder):
    for make in (wide, missing, imbalanced, breast_cancer):
        frame, success = make()
        train = np.arange(len(success)) < len(success) - round(HELD_OUT * len(success))
        for penalty in (1.0, 30.0):
            x = design(frame, train)
            model = LogisticRegression(C=1 / penalty, tol=1e-10, max_iter=100_000).fit(x[train], success[train])
            foretold, outcome = model.predict_proba(x[~train])[:, 1], success[~train]
            figures = {
                "penalty": penalty,
                "features": x.shape[1],
                "auc": roc_auc_score(outcome, foretold),
                "logLoss": log_loss(outcome, foretold),
                "brier": brier_score_loss(outcome, foretold),
            }
            with open(f"{folder}/{make.__name__}-{penalty:g}.json", "w") as file:
                json.dump(figures, file)
            print(make.__name__, figures)
        frame.insert(0, "success", success.astype(int))
        frame.to_csv(f"{folder}/{make.__name__}.csv", index=False)


if __name__ == "__main__":
    main(sys.argv[1])
