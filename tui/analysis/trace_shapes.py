"""Shapes of the parameters in a trace of torch, where they follow from the operation that takes them.

torch.utils.tensorboard writes shapes of what is computed, and none of weights. A size is given only where it cannot be
another: the kernel of a strided convolution, and the table of an embedding, stay unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tui.reader.payload import GraphNode
from tui.reader.payload.graph import Shape

_Links = Sequence[Sequence[int]]
# Gates: how many rows of weights a recurrent layer has for each of its units.
_GATES = {"aten::lstm": 4, "aten::gru": 3, "aten::rnn_tanh": 1, "aten::rnn_relu": 1}
_MOST_USERS, _MOST_INPUTS, _MOST_LISTED = 8, 64, 1000
_PASSED_ON = ("aten::t", "aten::detach", "aten::to", "aten::contiguous")


@dataclass(frozen=True, slots=True)
class _Use:
    """An operation that takes a parameter as its input number `at`, transposed or not."""

    place: int
    at: int
    nodes: Sequence[GraphNode]
    inputs: _Links
    transposed: bool = False

    @property
    def op(self) -> str:
        return self.nodes[self.place].op

    @property
    def output(self) -> Sequence[int] | None:
        """The shape of what the operation gives."""
        return _complete(self.nodes[self.place])

    def shape(self, at: int) -> Sequence[int] | None:
        """The shape of an input."""
        source = self._source(at)
        return None if source < 0 else _complete(self.nodes[source])

    def numbers(self, at: int) -> list[int] | None:
        """The whole numbers of an input that is a list of constants."""
        source = self._source(at)
        if source < 0 or self.nodes[source].op != "prim::ListConstruct":
            return None
        found = [_constant(self.nodes[item]) if item >= 0 else None for item in self.inputs[source]]
        return [value for value in found if value is not None] if None not in found else None

    def number(self, at: int) -> int | None:
        """The whole number that an input is."""
        source = self._source(at)
        return None if source < 0 else _constant(self.nodes[source])

    def listed(self, at: int) -> Sequence[int]:
        """The places of what an input lists; of itself where it is no list."""
        source = self._source(at)
        is_list = source >= 0 and self.nodes[source].op == "prim::ListConstruct"
        return self.inputs[source] if is_list else [source]

    def _source(self, at: int) -> int:
        sources = self.inputs[self.place]
        return sources[at] if at < len(sources) else -1


def inferred_shape(place: int, nodes: Sequence[GraphNode], inputs: _Links, outputs: _Links) -> Shape:
    """The shape of the parameter at a place, None where it does not follow."""
    for use in _uses(place, nodes, inputs, outputs):
        rule = _RULES.get(use.op)
        shape = rule(use) if rule is not None else _recurrent(place, use) if use.op in _GATES else None
        if shape is not None:
            return tuple(shape)
    return None


def _uses(place: int, nodes: Sequence[GraphNode], inputs: _Links, outputs: _Links) -> Iterator[_Use]:
    """Those that take a parameter, be it transposed or in a list; a few of very many."""
    for user in outputs[place][:_MOST_USERS]:
        op = nodes[user].op
        if op in _PASSED_ON or op == "prim::ListConstruct":
            for then in outputs[user][:_MOST_USERS]:
                if len(inputs[then]) <= _MOST_INPUTS:
                    yield _Use(then, inputs[then].index(user), nodes, inputs, op == "aten::t")
        elif len(inputs[user]) <= _MOST_INPUTS:
            yield _Use(user, inputs[user].index(place), nodes, inputs)


def _linear(use: _Use) -> Sequence[int] | None:
    given, taken = use.output, use.shape(0)
    if use.at == 2:
        return given[-1:] if given else None
    return (given[-1], taken[-1]) if use.at == 1 and given and taken else None


def _addmm(use: _Use) -> Sequence[int] | None:
    """bias + input @ weight, which is transposed before."""
    given, taken = use.output, use.shape(1)
    if use.at == 0:
        return given[-1:] if given else None
    return _product(use, given, taken) if use.at == 2 else None


def _matmul(use: _Use) -> Sequence[int] | None:
    given, taken = use.output, use.shape(0)
    # A product of batches may have a batch of weights.
    flat = use.transposed or (given is not None and taken is not None and len(given) == len(taken) == 2)
    return _product(use, given, taken) if use.at == 1 and flat else None


def _product(use: _Use, given: Sequence[int] | None, taken: Sequence[int] | None) -> Sequence[int] | None:
    if not given or not taken:
        return None
    return (given[-1], taken[-1]) if use.transposed else (taken[-1], given[-1])


def _channels(use: _Use) -> Sequence[int] | None:
    """A number for each channel of the input, which is its second dimension."""
    taken = use.shape(0)
    return taken[1:2] if use.at and taken and len(taken) > 1 else None


def _layer_norm(use: _Use) -> Sequence[int] | None:
    return use.numbers(1) if use.at > 1 else None


def _convolution(use: _Use) -> Sequence[int] | None:
    """aten::_convolution(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups, ...)."""
    return _convolved(use, groups_at=8) if not use.number(6) else None


def _conv(use: _Use) -> Sequence[int] | None:
    """aten::conv2d(input, weight, bias, stride, padding, dilation, groups) and those of other ranks."""
    return _convolved(use, groups_at=6)


def _convolved(use: _Use, groups_at: int) -> Sequence[int] | None:
    given, taken = use.output, use.shape(0)
    if not given or not taken or len(given) < 3 or len(given) != len(taken):
        return None
    if use.at == 2:
        return given[1:2]
    groups, lists = use.number(groups_at), [use.numbers(at) for at in (3, 4, 5)]
    if use.at != 1 or not groups or not all(lists):
        return None
    rank = len(given) - 2
    strides, paddings, dilations = ((numbers or []) * rank for numbers in lists)  # one number stands for all
    kernel = [_kernel(*sizes) for sizes in zip(taken[2:], given[2:], strides, paddings, dilations, strict=False)]
    if any(size is None for size in kernel):
        return None
    return (given[1], taken[1] // groups, *(size for size in kernel if size is not None))


def _kernel(taken: int, given: int, stride: int, padding: int, dilation: int) -> int | None:
    """The only size of a kernel that makes `given` places of `taken`, None where several do."""
    if dilation < 1 or stride < 1:
        return None
    most = taken + 2 * padding - (given - 1) * stride - 1
    least = most - stride + 1
    sizes = range(max(0, -(-least // dilation)), most // dilation + 1)
    return sizes[0] + 1 if len(sizes) == 1 else None


def _recurrent(place: int, use: _Use) -> Sequence[int] | None:
    """(input, state, weights, ...): weights of one layer after the other, by their names in torch."""
    nodes = use.nodes
    if len(use.listed(2)) > _MOST_LISTED:
        return None
    names = [_attribute(nodes[item]) for item in use.listed(2) if item >= 0]
    states = [nodes[item] for item in use.listed(1) if item >= 0]
    taken, state = use.shape(0), _complete(states[0]) if states else None
    if use.at != 2 or not taken or not state or any("weight_hr" in name for name in names):
        return None
    name, units, gates = _attribute(nodes[place]), state[-1], _GATES[use.op]
    if name.startswith("bias"):
        return (gates * units,)
    directions = 1 + any(other.endswith("_reverse") for other in names)
    below = taken[-1] if "_ih_l0" in name else directions * units
    return (gates * units, below if "_ih_" in name else units)


_Rule = Callable[[_Use], Sequence[int] | None]
_RULES: dict[str, _Rule] = {
    "aten::linear": _linear,
    "aten::addmm": _addmm,
    "aten::matmul": _matmul,
    "aten::mm": _matmul,
    "aten::_convolution": _convolution,
    "aten::conv1d": _conv,
    "aten::conv2d": _conv,
    "aten::conv3d": _conv,
    "aten::batch_norm": _channels,
    "aten::instance_norm": _channels,
    "aten::group_norm": _channels,
    "aten::layer_norm": _layer_norm,
}


def _attribute(node: GraphNode) -> str:
    """The name that the module has for it: `M/LSTM[lstm]/bias_hh_l0/bias_hh_l0.3` -> `bias_hh_l0`."""
    return node.name.rpartition("/")[0].rpartition("/")[2]


def _complete(node: GraphNode) -> Sequence[int] | None:
    shape = node.shapes[0] if node.shapes else None
    known = [size for size in shape if size is not None] if shape else []
    return known if shape and len(known) == len(shape) else None


def _constant(node: GraphNode) -> int | None:
    """The whole number of a `{ value : 3}`."""
    if node.op != "prim::Constant" or not node.text:
        return None
    text = node.text.partition(":")[2].strip(" }")
    return int(text) if text.removeprefix("-").isdigit() and len(text) < 19 else {"True": 1, "False": 0}.get(text)
