"""What makes an object invalid: causes of a 422, per kind."""

import re
import zoneinfo

LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
SUBDOMAIN = rf"{LABEL}(\.{LABEL})*"
VALUE = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"
QUALIFIED = rf"({SUBDOMAIN}/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?"
BAD_NAME = ("a lowercase RFC 1123 subdomain must consist of lower case "
            "alphanumeric characters, '-' or '.', and must start and end "
            "with an alphanumeric character (e.g. 'example.com', regex used "
            f"for validation is '{SUBDOMAIN}')")
BAD_VALUE = ("a valid label must be an empty string or consist of "
             "alphanumeric characters, '-', '_' or '.', and must start and "
             "end with an alphanumeric character (e.g. 'MyValue',  or "
             "'my_value',  or '12345', regex used for validation is "
             f"'{VALUE}')")
BAD_KEY = "not a qualified name"


def shown(value):
    if isinstance(value, str):
        return f'"{value}"'
    return str(value)


def wrong(field, value, message):
    return ("FieldValueInvalid", field,
            f"Invalid value: {shown(value)}: {message}")


def required(field, message=""):
    return ("FieldValueRequired", field,
            "Required value" + (f": {message}" if message else ""))


def forbidden(field, message):
    return ("FieldValueForbidden", field, f"Forbidden: {message}")


def unsupported(field, value, choices):
    quoted = ", ".join(f'"{choice}"' for choice in choices)
    return ("FieldValueNotSupported", field,
            f'Unsupported value: "{value}": supported values: {quoted}')


def nothing(new, old):
    return []


def labels(found, path):
    causes = []
    for key, value in found.items():
        if not re.fullmatch(QUALIFIED, key) or len(key) > 317:
            causes.append(wrong(path, key, BAD_KEY))
        if len(value) > 63:
            causes.append(wrong(path, value, "must be no more than 63 bytes"))
        elif not re.fullmatch(VALUE, value):
            causes.append(wrong(path, value, BAD_VALUE))
    return causes


def metadata(meta):
    causes = []
    name = meta.get("name", "")
    if not name:
        causes.append(required("metadata.name",
                               "name or generateName is required"))
    elif not re.fullmatch(SUBDOMAIN, name):
        causes.append(wrong("metadata.name", name, BAD_NAME))
    elif len(name) > 253:
        causes.append(wrong("metadata.name", name,
                            "must be no more than 253 characters"))
    causes += labels(meta.get("labels", {}), "metadata.labels")
    size = 0
    for key, value in meta.get("annotations", {}).items():
        size += len(key.encode()) + len(value.encode())
        if not re.fullmatch(QUALIFIED, key.lower()):
            causes.append(wrong("metadata.annotations", key, BAD_KEY))
    if size > 256 << 10:
        causes.append(("FieldValueTooLong", "metadata.annotations",
                       "Too long: must have at most 262144 bytes"))
    for i, owner in enumerate(meta.get("ownerReferences", [])):
        for key in ("apiVersion", "kind", "name", "uid"):
            if not owner.get(key):
                causes.append(required(
                    f"metadata.ownerReferences[{i}].{key}",
                    "must not be empty"))
    return causes


def lease(new, old):
    spec = new.get("spec", {})
    causes = []
    if spec.get("leaseDurationSeconds", 1) <= 0:
        causes.append(wrong("spec.leaseDurationSeconds",
                            spec["leaseDurationSeconds"],
                            "must be greater than 0"))
    if spec.get("leaseTransitions", 0) < 0:
        causes.append(wrong("spec.leaseTransitions", spec["leaseTransitions"],
                            "must be greater than or equal to 0"))
    if "preferredHolder" in spec and "strategy" not in spec:
        causes.append(forbidden("spec.preferredHolder",
                                "may only be specified when `strategy` is "
                                "defined"))
    return causes


def config_map(new, old):
    causes = []
    if old is not None and old.get("immutable"):
        for key in ("data", "binaryData"):
            if new.get(key) != old.get(key):
                causes.append(forbidden(
                    key, "field is immutable when `immutable` is set"))
    for key in new.get("data", {}):
        if not re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", key):
            causes.append(wrong(f"data[{key}]", key,
                                "a valid config key must consist of "
                                "alphanumeric characters, '-', '_' or '.'"))
    return causes


def pod(template, path, policies):
    spec = template.get("spec", {})
    causes = []
    if not spec.get("containers"):
        causes.append(required(f"{path}.spec.containers"))
    for i, container in enumerate(spec.get("containers", [])):
        for key in ("name", "image"):
            if not container.get(key):
                causes.append(required(f"{path}.spec.containers[{i}].{key}"))
    policy = spec.get("restartPolicy")
    if policy not in policies:
        quoted = ", ".join(f'"{p}"' for p in policies)
        causes.append(required(f"{path}.spec.restartPolicy",
                               f"valid values: {quoted}"))
    return causes


def not_negative(spec, path, *keys):
    return [wrong(f"{path}.{key}", spec[key],
                  "must be greater than or equal to 0")
            for key in keys if spec.get(key, 0) < 0]


def job_spec(spec, path):
    causes = not_negative(spec, path, "parallelism", "completions",
                          "backoffLimit", "activeDeadlineSeconds",
                          "ttlSecondsAfterFinished")
    template = spec.get("template", {})
    causes += pod(template, f"{path}.template", ("OnFailure", "Never"))
    if "podFailurePolicy" in spec and template.get("spec", {}).get(
            "restartPolicy") == "OnFailure":
        causes.append(wrong(f"{path}.template.spec.restartPolicy",
                            "OnFailure", 'only "Never" is supported when '
                            "podFailurePolicy is specified"))
    return causes


def job(new, old):
    causes = job_spec(new.get("spec", {}), "spec")
    if old is not None:
        for key in ("completions", "selector", "template"):
            if new["spec"].get(key) != old["spec"].get(key):
                causes.append(wrong(f"spec.{key}", "...",
                                    "field is immutable"))
    return causes


def model_sync(new, old):
    """As the published schema says it of its two limits."""
    causes = []
    for key in ("successfulPipelineRunsHistoryLimit",
                "failedPipelineRunsHistoryLimit"):
        value = (new.get("spec") or {}).get(key)
        if isinstance(value, int) and value < 0:
            causes.append(wrong(f"spec.{key}", value, f"spec.{key} in body "
                                "should be greater than or equal to 0"))
    return causes


def cron_job(new, old):
    spec = new.get("spec", {})
    causes = []
    words = spec.get("schedule", "").split()
    if not words:
        causes.append(required("spec.schedule"))
    elif len(words) != 5 and not words[0].startswith("@"):
        causes.append(wrong("spec.schedule", spec["schedule"],
                            f"expected exactly 5 fields, found {len(words)}: "
                            f"[{' '.join(words)}]"))
    zone = spec.get("timeZone")
    if zone is not None and zone not in zoneinfo.available_timezones():
        causes.append(wrong("spec.timeZone", zone,
                            f"unknown time zone {zone}"))
    policies = ("Allow", "Forbid", "Replace")
    if spec.get("concurrencyPolicy") not in policies:
        causes.append(unsupported("spec.concurrencyPolicy",
                                  spec.get("concurrencyPolicy"), policies))
    causes += not_negative(spec, "spec", "startingDeadlineSeconds",
                           "successfulJobsHistoryLimit",
                           "failedJobsHistoryLimit")
    causes += job_spec(spec.get("jobTemplate", {}).get("spec", {}),
                       "spec.jobTemplate.spec")
    if len(new["metadata"].get("name", "")) > 52:
        causes.append(wrong("metadata.name", new["metadata"]["name"],
                            "must be no more than 52 characters"))
    return causes


