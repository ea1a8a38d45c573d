"""How good a result is: figures against a known truth."""

from retrato.evaluation.metrics import Coverage, Evaluation, Scores, evaluate
from retrato.evaluation.truth import evaluate_folder, read_truth

__all__ = ["Coverage", "Evaluation", "Scores", "evaluate", "evaluate_folder", "read_truth"]
