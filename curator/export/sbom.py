"""SBOM: the packages that decided and the data that went in, as CycloneDX 1.6 JSON.

Without a serial number and a time, which are optional, so that the same run gives the same bytes.
"""

import json
from importlib.metadata import PackageNotFoundError, metadata, version
from typing import Any

from curator.report.licences import bare
from curator.run import InputReport, Run

_OWN = {"curator": "instruct-curator"}
"""Packages that are called otherwise where they are published."""


def sbom(run: Run, fingerprint: str) -> str:
    """Write the bill of materials of a data set; its version is the fingerprint of its files."""
    whole = {"type": "data", "bom-ref": "data-set", "name": run.recipe.name, "version": fingerprint}
    packages = [_package(name, number) for name, number in run.manifest.versions.items()]
    inputs = [_data(place, one) for place, one in enumerate(run.manifest.inputs)]
    components = [*packages, *inputs]
    refs = [str(one["bom-ref"]) for one in components]
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": whole},
        "components": components,
        "dependencies": [{"ref": "data-set", "dependsOn": refs}, *({"ref": ref} for ref in refs)],
    }
    return json.dumps(bill, ensure_ascii=False, indent=2) + "\n"


def _package(name: str, number: str) -> dict[str, Any]:
    if name == "python":
        return {"type": "platform", "bom-ref": "python", "name": name, "version": number}
    named = _OWN.get(name, name)
    address = f"pkg:pypi/{named.lower().replace('_', '-')}@{number}"
    said: dict[str, Any] = {"type": "library", "bom-ref": address, "name": named}
    licence = _licence(named, number)
    terms = {"licenses": [{"expression": licence}]} if licence else {}
    return said | {"version": number} | terms | {"purl": address}


def _licence(package: str, number: str) -> str | None:
    """Return a package's own SPDX expression, where the version that decided is installed here."""
    try:
        installed, found = version(package), metadata(package)
    except PackageNotFoundError:
        return None
    said = installed == number and "License-Expression" in found
    return found["License-Expression"] if said else None


def _data(place: int, report: InputReport) -> dict[str, Any]:
    said: dict[str, Any] = {
        "type": "data",
        "bom-ref": f"input-{place}",
        "name": bare(report.name),
        "hashes": [{"alg": "SHA-256", "content": report.sha256}],
    }
    return said | ({"licenses": [{"license": {"name": report.licence}}]} if report.licence else {})
