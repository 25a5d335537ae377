"""`drift_detection`: windows, and the test of each kind of column."""

from typing import Annotated, Any, Literal, Self, TypeAlias, get_args

from pydantic import BeforeValidator, Field, model_validator

from model_monitoring_processor.config.base import Section
from model_monitoring_processor.config.values import Cron, OptionalSection, PaneMinutes, WindowLength
from model_monitoring_processor.types import Method

__all__ = ["DEFAULT_THRESHOLD", "DriftSection"]

DEFAULT_THRESHOLD: dict[str, float] = {"auto": 0.05, "ks_test": 0.05, "chi_squared": 0.05, "psi": 0.1, "js": 0.1}
"""A level for the tests, a distance for psi and js. It applies where a method is named without a threshold."""

_PROMISED = ("wasserstein",)


def _built(method: Any) -> Any:
    if method in _PROMISED:
        raise ValueError(f"'{method}' is not built yet; use one of {', '.join(get_args(Method))}")
    return method


AnyMethod: TypeAlias = Annotated[Method, BeforeValidator(_built)]
CategoricalMethod: TypeAlias = Annotated[Literal["auto", "chi_squared", "psi", "js"], BeforeValidator(_built)]
Threshold: TypeAlias = Annotated[
    float, Field(gt=0, le=100, description="Level of a test (ks_test, chi_squared, auto), or distance (psi, js).")
]


class _Test(Section):
    """A method and its threshold; only psi has values of 1 and more."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        written = self.model_dump(exclude_unset=True)
        if written.get("threshold", 0) >= 1 and written.get("method") != "psi":
            raise ValueError(
                f"threshold: expected a number between 0 and 1, got {written['threshold']:g};"
                " only `method: psi`, written beside it, has larger ones"
            )
        return self


class NumericalTest(_Test):
    """Test of numeric features."""

    method: AnyMethod = Field(default="ks_test", description="auto, ks_test, chi_squared, psi or js.")
    threshold: Threshold = 0.05


class CategoricalTest(_Test):
    """Test of categorical features; ks_test compares numbers only."""

    method: CategoricalMethod = Field(default="chi_squared", description="auto, chi_squared, psi or js.")
    threshold: Threshold = 0.05


class PredictionTest(_Test):
    """Test of the model's outputs."""

    method: AnyMethod = Field(default="psi", description="auto, ks_test, chi_squared, psi or js.")
    threshold: Threshold = 0.1


class FeatureTests(Section):
    """Tests of the features, by kind."""

    numerical: OptionalSection[NumericalTest] = NumericalTest()
    categorical: OptionalSection[CategoricalTest] = CategoricalTest()


class DriftSection(Section):
    """What is compared, when, and how."""

    features: OptionalSection[FeatureTests] = FeatureTests()
    prediction: OptionalSection[PredictionTest] = PredictionTest()
    window: WindowLength | None = Field(
        default=None, description="Length of the windows; by default that of monitoring.check_interval_minutes."
    )
    pane_minutes: PaneMinutes = Field(
        default=5, description="Panes that windows are made of; shortened where they do not divide the window."
    )
    allowed_lateness_minutes: int = Field(
        default=5, ge=0, le=10080, description="A window closes this long after its end; later rows correct it."
    )
    idle_seconds: int = Field(
        default=60, ge=1, le=86400, description="A replay's open window closes when nothing has come for so long."
    )
    schedule: Cron | None = Field(default=None, description="When to evaluate, as a cron expression.")
