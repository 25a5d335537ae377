"""The model that is monitored: will a flight, at push-back, arrive more than 15 minutes late?"""

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from model_monitoring_processor.demo.data import MODEL_FEATURES, NUMERIC

__all__ = ["LAST_TRAINING_MONTH", "train"]

LAST_TRAINING_MONTH = 2
"""January and February are the training data, and the reference; March to December are served."""


def train(flights: pd.DataFrame) -> Pipeline:
    """Fit the model on January and February, where the outcome is known.

    Args:
        flights: as `data.departed_flights` returns them.
    """
    known = flights[(flights.month <= LAST_TRAINING_MONTH) & flights.late.notna()]
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), list(NUMERIC)),
        (
            OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=50, sparse_output=False),
            ["carrier", "origin"],
        ),
    )
    model = make_pipeline(columns, LogisticRegression(C=1.0, max_iter=3000, tol=1e-8))
    return model.fit(known[list(MODEL_FEATURES)], known.late.astype(int))
