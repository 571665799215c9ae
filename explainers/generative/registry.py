"""The methods of salience by name. To add one, write a function of the shape of those here and name it."""

from __future__ import annotations

from explainers.attribution.method import Method
from explainers.generative.attention import attention_rollout
from explainers.generative.gradients import grad_l2, input_x_gradient, integrated_gradients
from explainers.generative.removal import occlusion, shapley_sampling

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method("integrated_gradients", "gradient", integrated_gradients, complete=True),
        Method("input_x_gradient", "gradient", input_x_gradient),
        Method("grad_l2", "gradient", grad_l2, signed=False),
        Method("occlusion", "perturbation", occlusion),
        Method("shapley_sampling", "shapley", shapley_sampling, complete=True, stochastic=True),
        Method("attention_rollout", "attention", attention_rollout, signed=False),
    )
}
