"""What all stored models have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Matrix3 = Annotated[list[Annotated[list[float], Field(min_length=3, max_length=3)]], Field(min_length=3, max_length=3)]
"""A 3x3 matrix by rows."""

Point = tuple[float, float]
"""(x, y)."""

Score = Annotated[float, Field(ge=0, le=1)]


class Model(BaseModel):
    """Frozen; numbers finite; fields a newer 1.x writer adds are kept aside, not refused."""

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)
