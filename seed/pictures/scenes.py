# The table of all pictures, collected from the scenes_*.py beside it.
import scenes_home  # noqa: F401  (registers)
import scenes_shop  # noqa: F401
import scenes_small  # noqa: F401
import scenes_soft  # noqa: F401
import scenes_table  # noqa: F401
from shot import PICTURES  # noqa: F401
