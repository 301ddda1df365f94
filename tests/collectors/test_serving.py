"""Managed clouds: a framework is offered where the listing names exactly it, and a changed listing is no zero."""

import pytest

from catalog.listings import listings
from catalog.load import load_catalog
from collectors.errors import ChangedError
from collectors.serving import clouds_of, read_listing

SUBJECTS = {one.id: one for one in load_catalog().subjects}
SAGEMAKER, AZURE, VERTEX = listings()


def test_each_listing_names_frameworks_in_its_own_way():
    core = "sagemaker-core/src/sagemaker/core/image_uri_config"
    paths = [f"{core}/pytorch.json", "src/sagemaker/image_uri_config/sklearn.json", "README.md"]
    environments = "assets/training/general/environments"
    assets = [
        f"{environments}/acpt-pytorch-2.8-cuda12.6/asset.yaml",
        f"{environments}/tensorflow-2.16-cuda12/asset.yaml",
    ]

    assert read_listing(SAGEMAKER, paths) == {"pytorch", "sklearn"}
    assert read_listing(AZURE, assets) == {"pytorch", "tensorflow"}
    assert read_listing(VERTEX, ['"us-docker.pkg.dev/vertex-ai/prediction/tf2-cpu.2-7:latest"']) == {"tf2"}


def test_what_stands_in_a_legacy_folder_or_under_a_longer_name_is_not_offered():
    paths = ["legacy/src/sagemaker/image_uri_config/mxnet.json", "src/sagemaker/image_uri_config/neo-mxnet.json"]

    assert read_listing(SAGEMAKER, paths) == {"neo-mxnet"}
    assert clouds_of(SUBJECTS["mxnet"], {"SageMaker": {"neo-mxnet"}}) == []


def test_a_subject_is_known_by_any_of_its_names():
    offered = {"SageMaker": {"tensorflow"}, "Azure ML": {"pytorch"}, "Vertex AI": {"tf2"}}

    assert clouds_of(SUBJECTS["tensorflow"], offered) == ["SageMaker", "Vertex AI"]
    assert clouds_of(SUBJECTS["jax"], offered) == []


def test_a_listing_that_names_nothing_has_changed():
    with pytest.raises(ChangedError, match="listing of Azure ML in Azure/azureml-assets names no framework any more"):
        read_listing(AZURE, ["README.md"])
