"""The fields of the kinds we know, and the decoding that heeds them.

A type is written as `name:type ...`; a field without one is a string.
`[]T` is a list, `{}T` a map of strings; what is `any` is not looked into.
"""

from kubernetes import durations, times

META = "apiVersion kind metadata:ObjectMeta"

TABLE = {
    "ObjectMeta": "name generateName namespace selfLink uid resourceVersion "
                  "generation:int64 creationTimestamp:time "
                  "deletionTimestamp:time deletionGracePeriodSeconds:int64 "
                  "labels:{}string annotations:{}string "
                  "ownerReferences:[]OwnerReference finalizers:[]string "
                  "managedFields:[]any",
    "OwnerReference": "apiVersion kind name uid controller:bool "
                      "blockOwnerDeletion:bool",
    "Lease": f"{META} spec:LeaseSpec",
    "LeaseSpec": "holderIdentity leaseDurationSeconds:int32 "
                 "acquireTime:micro renewTime:micro leaseTransitions:int32 "
                 "strategy preferredHolder",
    "ConfigMap": f"{META} data:{{}}string binaryData:{{}}string "
                 "immutable:bool",
    "Secret": f"{META} data:{{}}string stringData:{{}}string immutable:bool "
              "type",
    "core.Event": f"{META} involvedObject:ObjectReference reason message "
                  "source:EventSource firstTimestamp:time "
                  "lastTimestamp:time count:int32 type eventTime:micro "
                  "series:EventSeries action related:ObjectReference "
                  "reportingComponent reportingInstance",
    "events.Event": f"{META} eventTime:micro series:EventSeries "
                    "reportingController reportingInstance action reason "
                    "regarding:ObjectReference related:ObjectReference note "
                    "type deprecatedSource:EventSource "
                    "deprecatedFirstTimestamp:time "
                    "deprecatedLastTimestamp:time deprecatedCount:int32",
    "ObjectReference": "kind namespace name uid apiVersion resourceVersion "
                       "fieldPath",
    "EventSource": "component host",
    "EventSeries": "count:int32 lastObservedTime:micro",
    "Job": f"{META} spec:JobSpec status:JobStatus",
    "JobSpec": "parallelism:int32 completions:int32 "
               "activeDeadlineSeconds:int64 podFailurePolicy:any "
               "backoffLimit:int32 backoffLimitPerIndex:int32 "
               "maxFailedIndexes:int32 selector:any manualSelector:bool "
               "template:PodTemplateSpec ttlSecondsAfterFinished:int32 "
               "completionMode suspend:bool podReplacementPolicy "
               "managedBy successPolicy:any",
    "JobStatus": "conditions:[]any startTime:time completionTime:time "
                 "active:int32 succeeded:int32 failed:int32 "
                 "terminating:int32 completedIndexes failedIndexes "
                 "uncountedTerminatedPods:any ready:int32",
    "CronJob": f"{META} spec:CronJobSpec status:CronJobStatus",
    "CronJobSpec": "schedule timeZone startingDeadlineSeconds:int64 "
                   "concurrencyPolicy suspend:bool "
                   "jobTemplate:JobTemplateSpec "
                   "successfulJobsHistoryLimit:int32 "
                   "failedJobsHistoryLimit:int32",
    "CronJobStatus": "active:[]ObjectReference lastScheduleTime:time "
                     "lastSuccessfulTime:time",
    "JobTemplateSpec": "metadata:ObjectMeta spec:JobSpec",
    "PodTemplateSpec": "metadata:ObjectMeta spec:PodSpec",
    "PodSpec": "volumes:[]any initContainers:[]Container "
               "containers:[]Container ephemeralContainers:[]any "
               "restartPolicy terminationGracePeriodSeconds:int64 "
               "activeDeadlineSeconds:int64 dnsPolicy nodeSelector:{}string "
               "serviceAccountName serviceAccount "
               "automountServiceAccountToken:bool nodeName "
               "hostNetwork:bool hostPID:bool hostIPC:bool "
               "shareProcessNamespace:bool securityContext:any "
               "imagePullSecrets:[]any hostname subdomain affinity:any "
               "schedulerName tolerations:[]any hostAliases:[]any "
               "priorityClassName priority:int32 dnsConfig:any "
               "readinessGates:[]any runtimeClassName "
               "enableServiceLinks:bool preemptionPolicy overhead:any "
               "topologySpreadConstraints:[]any setHostnameAsFQDN:bool "
               "os:any hostUsers:bool schedulingGates:[]any "
               "resourceClaims:[]any resources:any hostnameOverride "
               "schedulingGroup:any",
    "Container": "name image command:[]string args:[]string workingDir "
                 "ports:[]any envFrom:[]any env:[]any resources:any "
                 "resizePolicy:[]any restartPolicy restartPolicyRules:[]any "
                 "volumeMounts:[]any "
                 "volumeDevices:[]any livenessProbe:any readinessProbe:any "
                 "startupProbe:any lifecycle:any terminationMessagePath "
                 "terminationMessagePolicy imagePullPolicy "
                 "securityContext:any stdin:bool stdinOnce:bool tty:bool",
    "Namespace": f"{META} spec:any status:any",
    "ServiceAccount": f"{META} secrets:[]any imagePullSecrets:[]any "
                      "automountServiceAccountToken:bool",
    "Role": f"{META} rules:[]PolicyRule",
    "ClusterRole": f"{META} rules:[]PolicyRule aggregationRule:any",
    "PolicyRule": "verbs:[]string apiGroups:[]string resources:[]string "
                  "resourceNames:[]string nonResourceURLs:[]string",
    "RoleBinding": f"{META} subjects:[]Subject roleRef:RoleRef",
    "ClusterRoleBinding": f"{META} subjects:[]Subject roleRef:RoleRef",
    "Subject": "kind apiGroup name namespace",
    "RoleRef": "apiGroup kind name",
}
SCALARS = {"string", "int", "int32", "int64", "bool", "time", "micro",
           "duration"}


def parse(text):
    """{name: type} of one line of the table."""
    found = {}
    for word in text.split():
        name, _, kind = word.partition(":")
        found[name] = kind or "string"
    return found


TYPES = {name: parse(text) for name, text in TABLE.items()}


class Wrong(Exception):
    """A value that is not of its field's type."""


def called(value):
    """As Go's JSON decoder calls a value."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    return {str: "string", list: "array", dict: "object"}[type(value)]


def mismatch(value, owner, path, kind):
    return Wrong(f"json: cannot unmarshal {called(value)} into Go struct "
                 f"field {owner}.{path} of type {kind}")


def duration(value):
    """As it is written back by who decoded it."""
    if not isinstance(value, str):
        raise Wrong(f"json: cannot unmarshal {called(value)} into Go value "
                    "of type string")
    nanos = durations.parse(value)
    if nanos is None:
        raise Wrong(f'time: invalid duration "{value}"')
    return durations.written(nanos)


def scalar(value, kind, owner, path):
    if kind in ("time", "micro"):
        if not isinstance(value, str):
            raise mismatch(value, owner, path, "string")
        wrong = times.check(value, kind)
        if wrong:
            raise Wrong(wrong)
        return times.written(value, kind)
    if kind == "duration":
        return duration(value)
    if kind == "bool":
        good = isinstance(value, bool)
    elif kind == "string":
        good = isinstance(value, str)
    else:
        limit = 1 << (31 if kind == "int32" else 63)
        good = (isinstance(value, int) and not isinstance(value, bool)
                and -limit <= value < limit)
    if not good:
        raise mismatch(value, owner, path, kind)
    return value


def decode(value, kind, path="", unknown=None, owner=""):
    """A copy of a value without nulls and without fields that its type does
    not have; their paths are added to `unknown`."""
    if kind == "any":
        return value
    if kind in SCALARS:
        return scalar(value, kind, owner, path)
    if kind.startswith("[]"):
        if not isinstance(value, list):
            raise mismatch(value, owner, path, kind)
        return [decode(item, kind[2:], f"{path}[{i}]", unknown, owner)
                for i, item in enumerate(value)]
    if not isinstance(value, dict):
        raise mismatch(value, owner, path, kind)
    known = None if kind.startswith("{}") else TYPES[kind]
    found = {}
    for key, item in value.items():
        place = f"{path}.{key}" if path else key
        if known is not None and key not in known:
            if unknown is not None:
                unknown.append(place)
        elif item is not None:
            inner = kind[2:] if known is None else known[key]
            found[key] = decode(item, inner, place, unknown, kind)
    return found
