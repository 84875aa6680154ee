# To type checkers it is the library's own function: they know the fields and types it takes.
from dataclasses import replace as replace
