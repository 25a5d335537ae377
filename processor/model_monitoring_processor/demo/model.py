"""The model that is monitored: will a flight, at push-back, arrive more than 15 minutes late?"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from model_monitoring_processor.demo.data import NUMERIC

__all__ = ["LAST_TRAINING_MONTH", "FlightModel"]

LAST_TRAINING_MONTH = 2
"""January and February are the training data, and the reference; March to December are served."""

_ENCODED = ("carrier", "origin")


class FlightModel:
    """Logistic regression on scaled numbers and one-hot carrier and origin.

    The steps are fitted and called one by one, on arrays: a ColumnTransformer takes longer to take a DataFrame of
    fifty rows apart than the model takes to answer.

    Args:
        flights: as `data.departed_flights` returns them; fitted on January and February, where the outcome is known.
    """

    def __init__(self, flights: pd.DataFrame) -> None:
        known = flights[(flights.month <= LAST_TRAINING_MONTH) & flights.late.notna()]
        self._numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
        self._categories = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=50, sparse_output=False)
        self._classifier = LogisticRegression(C=1.0, max_iter=3000, tol=1e-8)
        # One thread: on so small a problem more of them are slower, and no two runs would agree to the last digit.
        with threadpool_limits(1):
            numbers = self._numbers.fit_transform(known[list(NUMERIC)].to_numpy())
            categories = self._categories.fit_transform(known[list(_ENCODED)].to_numpy())
            self._classifier.fit(np.hstack([numbers, categories]), known.late.astype(int))

    def score(self, rows: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Probability of being late.

        Args:
            rows: with the model's features among the columns.

        Returns:
            (rows,), 0 to 1.
        """
        numbers = self._numbers.transform(rows[list(NUMERIC)].to_numpy())
        categories = self._categories.transform(rows[list(_ENCODED)].to_numpy())
        probabilities = self._classifier.predict_proba(np.hstack([numbers, categories]))
        score: npt.NDArray[np.float64] = probabilities[:, 1]
        return score
