"""The one table of what can be brought in and out as a sheet, in the order in which a province fills them in."""

from services.assignments.bulk.kind import Kind
from services.assignments.bulk.kinds.assignments import ASSIGNMENTS
from services.assignments.bulk.kinds.clusters import CLUSTERS
from services.assignments.bulk.kinds.hamlets import HAMLETS
from services.assignments.bulk.kinds.officials import OFFICIALS
from services.assignments.bulk.kinds.posts import POSTS

KINDS: dict[str, Kind] = {kind.code: kind for kind in (POSTS, OFFICIALS, HAMLETS, CLUSTERS, ASSIGNMENTS)}
