"""`make bench`: run every benchmark, or the ones named: `make bench ARGS="site_start set_up"`."""

import importlib
import sys

BENCHMARKS = ("site_start", "set_up", "suite", "hardened", "checks", "serving", "ways")


def main(names: list[str]) -> int:
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        print(
            f"No benchmark named {', '.join(sorted(unknown))}. There are: {', '.join(BENCHMARKS)}.",
            file=sys.stderr,
        )
        return 2
    for name in names or BENCHMARKS:
        importlib.import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
