"""How good a result is: figures against a known truth."""

from retrato.evaluation.metrics import Coverage, Evaluation, evaluate
from retrato.evaluation.scores import Scores
from retrato.evaluation.traps import TrapFigures
from retrato.evaluation.truth import evaluate_folder, read_truth

__all__ = ["Coverage", "Evaluation", "Scores", "TrapFigures", "evaluate", "evaluate_folder", "read_truth"]
