"""Run the tests on the oldest and the newest Polars that the package allows.

Not collected by pytest, since it makes an environment for each version:

    python tests/polars_versions.py [VERSION…]
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
ENVIRONMENTS = ROOT / "target" / "polars-versions"


def main(versions: list[str]) -> int:
    """Test each version; the exit code is the number of versions that failed."""
    wheel = build()
    failed = [version for version in versions or [oldest(), "newest"] if not passes(wheel, version)]
    print(f"failed: {', '.join(failed) or 'none'}")
    return len(failed)


def oldest() -> str:
    """Give the version that `pyproject.toml` names."""
    found = re.search(r'"polars>=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    if found is None:
        raise SystemExit("pyproject.toml names no oldest polars, needed a dependency `polars>=VERSION`")
    return found.group(1)


def build() -> Path:
    """Build the wheel once: its ABI is the same for every Python and every Polars."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", ENVIRONMENTS, ROOT], check=True)
    return max(ENVIRONMENTS.glob("agenther-*.whl"), key=lambda wheel: wheel.stat().st_mtime)


def passes(wheel: Path, version: str) -> bool:
    """Install the wheel with one version of Polars, and run the tests."""
    environment = ENVIRONMENTS / version
    subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)
    python = environment / "bin" / "python"
    polars = "polars" if version == "newest" else f"polars=={version}"
    pip: list[str | Path] = [python, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", f"{wheel}[test]", polars], check=True)
    tests = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", ROOT / "tests"], check=False
    )
    return tests.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
