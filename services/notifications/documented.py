"""What the documentation of these views says otherwise: records belong to people, not to territories."""

from functools import partial

from shared.web import documented

_MISSING = "No such record, or not one you may see"

changes_a_record = partial(documented.changes_a_record, _MISSING)
may_be_missing = partial(documented.may_be_missing, _MISSING)
