"""Repositories of which the replica knows files only: container listings, and a round of MLPerf. All is invented."""

import json
from typing import Any

ENVIRONMENTS = "assets/training/general/environments"
IMAGES = "sagemaker-core/src/sagemaker/core/image_uri_config"
PREDICTION = "google/cloud/aiplatform/constants/prediction.py"
ROUND = "mlcommons/training_results_v99.0"
FRAMEWORKS = (
    ("PyTorch Demo Release 99.1",) * 6 + ("MaxText",) * 2 + ("TensorFlow 9", "PaddlePaddle 9, PyTorch 9", "CUDA 99")
)
BROKEN = '{"submitter": "Demo", "framework": "MindSpore 9", "notes": "never "closed", }'


def _systems() -> dict[str, str]:
    whole = {
        f"Demo/systems/system-{number}.json": json.dumps({"submitter": "Demo", "framework": framework})
        for number, framework in enumerate(FRAMEWORKS)
    }
    return whole | {"Demo/systems/broken.json": BROKEN, "Demo/results/system-0/bert/result_0.txt": "DEMO"}


REPOSITORIES: dict[str, dict[str, str]] = {
    "aws/sagemaker-python-sdk": {
        f"{IMAGES}/{name}.json": "{}" for name in ("pytorch", "tensorflow", "sklearn", "huggingface")
    },
    "azure/azureml-assets": {
        f"{ENVIRONMENTS}/{name}/asset.yaml": "" for name in ("acpt-pytorch-9.9-cuda99.1", "tensorflow-9.9-cuda99")
    },
    "googleapis/python-aiplatform": {
        PREDICTION: '["us/vertex-ai/prediction/tf2-cpu.9-9:latest", "x/vertex-ai/prediction/sklearn-cpu"]'
    },
    ROUND: _systems(),
}
"""Files by path, by the full name of their repository in lower case."""


def of_organisation(name: str) -> list[dict[str, Any]]:
    """List the repositories of an organisation."""
    found = [one for one in REPOSITORIES if one.startswith(f"{name.lower()}/")]
    return [{"name": one.split("/")[1], "full_name": one, "created_at": "2026-06-03T00:00:00Z"} for one in found]
