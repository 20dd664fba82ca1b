"""All of Google that is simulated, and what controls it."""

from google.auth import Auth
from google.automl import AutoML
from google.bigquery import BigQuery
from google.storage import Storage
from google.vertex import Vertex


class Google:
    """The services, sharing a clock, accounts and buckets."""

    def __init__(self, clock):
        self.auth = Auth(clock)
        self.storage = Storage(clock, self.auth)
        self.bigquery = BigQuery(clock, self.auth, self.storage)
        self.automl = AutoML(clock, self.auth, self.storage)
        self.vertex = Vertex(clock, self.auth, self.storage)

    def modules(self):
        # By host before by path.
        return [self.automl, self.vertex, self.auth, self.storage,
                self.bigquery]

    def control(self, what, value):
        """POST /google/WHAT; see the README."""
        do = {"accounts": self.auth.control,
              "tables": self.bigquery.control_table,
              "bigquery": self.bigquery.control,
              "automl": self.automl.control,
              "vertex": self.vertex.control,
              "images": self.vertex.control_image,
              "buckets": self.bucket, "objects": self.put}
        return do[what](value)

    def bucket(self, value):
        self.storage.buckets.setdefault(value["name"], {})
        self.storage.page = value.get("page", self.storage.page)
        return {}

    def put(self, value):
        """{bucket, name, text (null: deleted)}"""
        if value["text"] is None:
            self.storage.buckets[value["bucket"]].pop(value["name"], None)
        else:
            self.storage.put(value["bucket"], value["name"],
                             value["text"].encode(),
                             metadata=value.get("metadata"))
        return {}

    @staticmethod
    def generation(body):
        return body.get("labels", {}).get("modelsync-generation")

    def state(self):
        """What there is, for a test to look at."""
        automl, vertex = self.automl, self.vertex
        trained = [{"generation": self.generation(m), "name": n}
                   for n, m in automl.models.items() if self.generation(m)]
        trained += [{"generation": self.generation(j), "name": n}
                    for n, j in vertex.jobs.items() if self.generation(j)]
        jobs = self.bigquery.jobs
        return {
            "trainings": trained,
            "datasets": [automl.view_dataset(d)
                         for d in automl.datasets.values()],
            "models": [automl.view_model(m) for m in automl.models.values()
                       if automl.is_there(m)]
            + [vertex.view_model(m) for m in vertex.models.values()],
            "endpoints": [vertex.view_endpoint(e)
                          for e in vertex.endpoints],
            "operations": [automl.view_operation(n)
                           for n in automl.operations],
            "jobs": [{"id": n, "bytes": j["bytes"], "error": j["error"],
                      "export": j["configuration"]["query"]["query"]
                      .lstrip().startswith("EXPORT")}
                     for n, j in jobs.items()],
            "billed": sum(j["bytes"] for j in jobs.values()),
            "objects": {f"{b}/{n}": len(o["data"])
                        for b, objects in self.storage.buckets.items()
                        for n, o in objects.items()}}
