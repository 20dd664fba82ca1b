"""What trains in the cluster: a Job, or a PipelineRun of Tekton."""

import os

SECONDS = 30    # from its creation to its end; less than a lapse

JOB = """backoffLimit: 0
template:
  spec:
    restartPolicy: Never
    containers:
    - name: fit
      image: fit
      command: [{trainer}]
      volumeMounts: [{{name: store, mountPath: {store}}}]
    volumes:
    - name: store
      persistentVolumeClaim: {{claimName: store}}
"""

RUN = """pipelineRef: {name: fit}
workspaces:
- name: store
  persistentVolumeClaim: {claimName: store}
"""

# One program in the place of all tasks: parameters as a trainer's environment.
PIPELINE = """#!/bin/sh
export MODELSYNC_GENERATION="$PARAM_GENERATION" MODELSYNC_NAME="$PARAM_NAME"
export MODELSYNC_DATASET="$STORE/$PARAM_DATASET"
export MODELSYNC_OUTPUT="$STORE/$PARAM_OUTPUT" MODELSYNC_PREVIOUS=
exec "$TRAINER"
"""


def store_of(stage):
    return os.path.join(stage.w, "models")


class Workload:
    """A kind of them, by the world's names for it."""

    def __init__(self, kind, key, template, where, path):
        self.kind = kind
        self.key = key              # in spec.training
        self.template = template    # its file
        self.where = where          # of the world's control port
        self.path = path

    def runs(self, stage):
        """All that were ever made."""
        return stage.place.ask("GET", f"/{self.where}/state")["runs"]

    def remove(self, stage):
        for run in self.runs(stage):
            stage.place.ask("DELETE", f"{self.path}/{run['name']}")

    def plan(self, stage, fails=False):
        """How those go that are made from here on."""
        if self.kind == "Job":
            end = {"status": "Failed"} if fails else {
                "command": True, "volumes": {"store": store_of(stage)}}
            what = {"image": "fit"}
        else:
            end = {"status": "False"} if fails else {
                "command": [os.path.join(stage.w, "pipeline")],
                "env": {"STORE": store_of(stage),
                        "TRAINER": stage.trainer,
                        "PATH": os.environ["PATH"]}}
            what = {"pipeline": "fit"}
        stage.place.ask("POST", f"/{self.where}/plans",
                        {**what, "ends": {**end, "seconds": SECONDS}})

    def text(self, stage):
        """The template."""
        return JOB.format(trainer=stage.trainer, store=store_of(stage)) \
            if self.kind == "Job" else RUN


# By the document that has them.
OF = {
    "by-job.yaml": Workload(
        "Job", "job", "job.yaml", "jobs",
        "/apis/batch/v1/namespaces/ml/jobs"),
    "by-run.yaml": Workload(
        "PipelineRun", "pipelineRun", "run.yaml", "tekton",
        "/apis/tekton.dev/v1/namespaces/ml/pipelineruns"),
}


def everything(stage):
    """"Job NAME" and so on of all that were ever made, with repetitions."""
    return [f"{found.kind} {run['name']}" for found in OF.values()
            for run in found.runs(stage)]
