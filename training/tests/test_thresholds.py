import pytest
import torch

from mime_training.thresholds import Threshold, step_gradient, threshold_loss

# x and the estimator there, by hand: 2 - 4|x| up to 0.4, 0.4 up to 1, 0 beyond.
POINTS = [(0, 2), (0.1, 1.6), (-0.1, 1.6), (0.25, 1), (-0.399, 0.404), (0.5, 0.4), (-0.99, 0.4), (1.01, 0), (-5, 0)]


@pytest.mark.parametrize("x, value", POINTS)
def test_estimator(x, value):
    assert step_gradient(torch.tensor(float(x))).item() == pytest.approx(value, abs=1e-6)


def test_ties_pass_and_negative_thresholds_let_negative_sums_pass():
    y = torch.tensor([[1.0, 0.99, -0.5, -0.6]])
    t = torch.tensor([1.0, 1.0, -0.5, -0.5])
    assert Threshold.apply(y, t).tolist() == [[1.0, 0.0, -0.5, 0.0]]


def test_gradients():
    # a = y * m(y - t), so da/dy = m + y * m' and da/dt = -y * m'; two images share t.
    y = torch.tensor([[0.7, 0.3], [2.0, 0.9]], requires_grad=True)
    t = torch.tensor([0.5, 0.5], requires_grad=True)
    (Threshold.apply(y, t) * torch.tensor([[1.0, 10.0], [100.0, 1000.0]])).sum().backward()
    # x = 0.2, -0.2, 1.5, 0.4; m' = 1.2, 1.2, 0, 0.4.
    assert torch.allclose(y.grad, torch.tensor([[1 + 0.7 * 1.2, 10 * 0.3 * 1.2], [100.0, 1000 * (1 + 0.9 * 0.4)]]))
    assert torch.allclose(t.grad, torch.tensor([-0.7 * 1.2, -(10 * 0.3 * 1.2 + 1000 * 0.9 * 0.4)]))


def test_loss():
    assert threshold_loss([torch.zeros(2, 3), torch.ones(1)]).item() == pytest.approx(6 + 2.718281828)
