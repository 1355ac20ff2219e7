"""What each kind of file and entry looks like: one description, read by the checks and by JSON Schema.

``forms`` and ``records`` are what shapes are made of, ``vocabulary`` what all files share; ``entries``,
``cases`` and ``files`` describe the files, ``checking`` holds one against its shape. What needs more than one
entry to decide (references, backgrounds) is not here but in ``link``.
"""

from .cases import CASE
from .checking import Checked, Spot, check_file
from .entries import ENTRIES
from .files import FILES, json_schema, schema_of
from .forms import AnyScalar, Flag, Json, Number, OneOf, Shape, Word, kind_of
from .records import ByForm, Field, ListOf, MapOf, Record
from .vocabulary import ID, OUTCOMES, PATH, SOURCE, TEXT, WEEKDAYS

__all__ = [
    "CASE",
    "ENTRIES",
    "FILES",
    "ID",
    "OUTCOMES",
    "PATH",
    "SOURCE",
    "TEXT",
    "WEEKDAYS",
    "AnyScalar",
    "ByForm",
    "Checked",
    "Field",
    "Flag",
    "Json",
    "ListOf",
    "MapOf",
    "Number",
    "OneOf",
    "Record",
    "Shape",
    "Spot",
    "Word",
    "check_file",
    "json_schema",
    "kind_of",
    "schema_of",
]
