"""Task: the bundled models that say what a prompt asks for, behind one face."""

from collections.abc import Sequence
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from curator.models.catalogue import card_of

Floats = NDArray[np.float64]
Tier = Literal["bundled", "encoder"]
