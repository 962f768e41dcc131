"""The tables of the notifications service."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from shared.database import NAMING


class Base(DeclarativeBase):
    """Base of every model of this service."""

    metadata = MetaData(naming_convention=NAMING)
