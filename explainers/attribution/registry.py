"""The attribution methods by name. To add one, write a module with a function of the shape of `Run` and name it here."""

from __future__ import annotations

from explainers.attribution.attention import attention_rollout, attention_x_gradient
from explainers.attribution.grad_cam import grad_cam
from explainers.attribution.gradient import grad_l2, input_x_gradient, saliency
from explainers.attribution.gradient_shap import gradient_shap
from explainers.attribution.integrated_gradients import integrated_gradients, layer_integrated_gradients
from explainers.attribution.kernel_shap import kernel_shap
from explainers.attribution.lime import lime
from explainers.attribution.method import Method
from explainers.attribution.occlusion import occlusion
from explainers.attribution.partition_shap import partition_shap
from explainers.attribution.sequential_integrated_gradients import sequential_integrated_gradients
from explainers.attribution.shapley_sampling import shapley_sampling

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method("integrated_gradients", "gradient", integrated_gradients, complete=True, answers=True),
        Method("input_x_gradient", "gradient", input_x_gradient),
        Method("saliency", "gradient", saliency, signed=False),
        Method("grad_l2", "gradient", grad_l2, signed=False),
        Method(
            "layer_integrated_gradients", "gradient", layer_integrated_gradients, complete=True, answers=True, takes_layer="many"
        ),
        Method("sequential_integrated_gradients", "gradient", sequential_integrated_gradients),
        Method("gradient_shap", "gradient", gradient_shap, stochastic=True),
        Method("grad_cam", "gradient", grad_cam, takes_layer="one"),
        Method("occlusion", "perturbation", occlusion),
        Method("lime", "perturbation", lime, stochastic=True),
        Method("kernel_shap", "shapley", kernel_shap, complete=True, stochastic=True),
        Method("partition_shap", "shapley", partition_shap, complete=True),
        Method("shapley_sampling", "shapley", shapley_sampling, complete=True, stochastic=True),
        Method("attention_rollout", "attention", attention_rollout, signed=False, takes_layer="one"),
        Method("attention_x_gradient", "attention", attention_x_gradient, signed=False, takes_layer="one"),
    )
}
