"""The benchmark: each figure beside its yardstick, both of the same run and machine (docs/benchmarks.md)."""
