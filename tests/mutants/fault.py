"""A planted fault as data: one text of one module replaced by another."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from importlib import import_module
from types import CodeType, FunctionType, ModuleType
from typing import TypeAlias

import pytest
from attrs import frozen

from tests.mutants.story import Step


@frozen
class Fault:
    """One mistake in the library's source.

    Args:
        rules: those that it breaks.
        name: what is broken.
        module: below ``loyaltykit``.
        old, new: a text that stands once in the module, and what replaces it.
        world: the small programme on which it shows.
        story: a few transactions that trip over it; empty where the machine has to find it.
    """

    rules: str
    name: str
    module: str
    old: str
    new: str
    world: str = "rolling"
    story: Sequence[Step] = ()


Functions: TypeAlias = dict[str, FunctionType]


def plant(fault: Fault, patch: pytest.MonkeyPatch) -> None:
    """Give the functions of the module the code that they would have with the fault.

    The functions stay the same objects, so every module that has imported one by name has the fault, too.
    """
    module = import_module(f"loyaltykit.{fault.module}")
    source = inspect.getsource(module)
    assert source.count(fault.old) == 1, f"{fault.module} has {source.count(fault.old)} times: {fault.old}"
    right, wrong = (codes_of(text) for text in (source, source.replace(fault.old, fault.new)))
    functions = functions_of(module)
    changed = [name for name, code in wrong.items() if code != right.get(name) and name in functions]
    assert changed, f"no function of {fault.module} has changed"
    for name in changed:
        patch.setattr(functions[name], "__code__", wrong[name])


def codes_of(source: str) -> dict[str, CodeType]:
    """The code of each function of a source, by its qualified name."""
    return {code.co_qualname: code for code in _below(compile(source, "<fault>", "exec", dont_inherit=True))}


def _below(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _below(constant)


def functions_of(module: ModuleType) -> Functions:
    """The functions and methods that a module defines."""
    own = [item for item in vars(module).values() if getattr(item, "__module__", None) == module.__name__]
    inside = [item for owner in own if isinstance(owner, type) for item in vars(owner).values()]
    plain = [inspect.unwrap(getattr(item, "fget", None) or getattr(item, "__func__", item)) for item in (*own, *inside)]
    return {item.__qualname__: item for item in plain if isinstance(item, FunctionType)}
