"""How good a model is, as both services tell it: a curve of each label."""

ALL = 2147483647    # of predictions: the curve that is meant


def points(found, wrong, missed):
    """What is counted at a few thresholds: those asked for at 0.5."""
    n = found + missed
    least = min(found, n // 2)
    return [(0.0, n, 4 * n, 0), (0.5, found, wrong, missed),
            (0.95, least, 0, n - least)]


def curve(counts, position):
    """Its entries; what is zero is absent, counts are texts."""
    entries = []
    for threshold, tp, fp, fn in points(*counts):
        entry = {"confidenceThreshold": threshold, position: ALL,
                 "truePositiveCount": str(tp) if tp else 0,
                 "falsePositiveCount": str(fp) if fp else 0,
                 "falseNegativeCount": str(fn) if fn else 0}
        entries.append({key: value for key, value in entry.items() if value})
    return entries


def together(labels):
    """Of all labels: {name: [found, wrong, missed]}."""
    return [sum(counts[i] for counts in labels.values()) for i in range(3)]
