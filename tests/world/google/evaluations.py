"""Evaluations of a model of Vertex AI, with a slice for each label."""

from google.curves import curve, together

SCHEMA = ("gs://google-cloud-aiplatform/schema/modelevaluation/"
          "classification_metrics_1.0.0.yaml")


def told(labels):
    return {"metricsSchemaUri": SCHEMA, "metrics": {
        "confidenceMetrics": curve(labels, "maxPredictions")}}


def of_model(model):
    """All of them; a model from before us has what was said of it."""
    for i, item in enumerate(model.get("evaluations", []), 1):
        yield {"name": f"{model['name']}/evaluations/{i}",
               "displayName": f"e{i}", "createTime": item["createTime"],
               "sliceDimensions": ["annotationSpec"],
               **told(together(item["labels"]))}


def slices(model, evaluation):
    """Those of one; None when there is no such evaluation."""
    for found, item in zip(of_model(model), model.get("evaluations", [])):
        if found["name"] == evaluation:
            return [{"name": f"{evaluation}/slices/{i}",
                     "slice": {"dimension": "annotationSpec",
                               "value": label},
                     "createTime": item["createTime"], **told(counts)}
                    for i, (label, counts) in enumerate(
                        sorted(item["labels"].items()), 1)]
    return None
