"""`caunoi demo`: the main job on real units, with a killed worker and a wiped Redis on the way."""
