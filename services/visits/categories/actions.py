"""Adding and changing categories."""

from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.visits.categories.model import Category
from services.visits.categories.queries import forget
from services.visits.categories.rules import check_parent
from shared.errors import Forbidden, NotFound
from shared.web.auth import Principal


def open_for_change(session: Session, code: str, who: Principal) -> Category:
    """The category with this code, or a new one of version 0; two who change the tree take turns.

    Raises Forbidden for a client whose territory is not everything: the tree holds everywhere; NotFound for what
    cannot be a code."""
    if "" not in who.territories:
        raise Forbidden("Categories hold everywhere; your territory does not.")
    if not (1 <= len(code) <= 60 and code.isascii() and code.replace("_", "a").isalnum() and code.islower()):
        raise NotFound()
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('categories', 0))"))
    found = session.get(Category, code, populate_existing=True)
    return found or Category(code=code, version=0)


def set_category(session: Session, category: Category, given: dict[str, Any]) -> Category:
    """Change a category, or add it; `given` is what CategoryInput loads. Raises BadInput naming `parent`."""
    parents = {code: parent for code, parent in session.execute(select(Category.code, Category.parent))}
    check_parent(parents, category.code, given["parent"])
    for name, value in given.items():
        setattr(category, name, value)
    category.version += 1
    session.add(category)
    session.flush()
    forget(session)
    return category
