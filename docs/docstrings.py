"""For the reference pages: what the reader of docstrings, which never runs the code, cannot see by itself."""

import re
from importlib import import_module
from typing import Any

import attrs
import griffe

# From a prompt at the margin to the next empty line; examples in an `Examples:` section are indented and shown already.
EXAMPLE = re.compile(r"^>>> .*(?:\n(?!\s*$).+)*", re.MULTILINE)

# `name, phone: texts` in a section, with the lines that continue it.
JOINT = re.compile(r"^( +)(\w+(?:, \w+)+): (.+(?:\n\1 +\S.*)*)", re.MULTILINE)


class JointEntries(griffe.Extension):
    """Give each of several names that share one description an entry of its own, as the reader of sections needs it."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        if obj.docstring:
            obj.docstring.value = JOINT.sub(apart, obj.docstring.value)


def apart(entry: re.Match[str]) -> str:
    """One entry for each name."""
    indent, names, text = entry.groups()
    return "\n".join(f"{indent}{name}: {text}" for name in names.split(", "))


class FencedExamples(griffe.Extension):
    """Put a fence around every example, or Markdown shows it as a quotation."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        if obj.docstring:
            obj.docstring.value = EXAMPLE.sub(r"```pycon\n\g<0>\n```", obj.docstring.value)


class AttrsSignatures(griffe.Extension):
    """Give attrs classes the `__init__` that attrs writes for them, so that their arguments are shown."""

    def on_class(self, *, cls: griffe.Class, **_: Any) -> None:
        built = getattr(import_module(cls.module.path), cls.name, None)
        if "__init__" in cls.members or built is None or not attrs.has(built):
            return
        parameters = [parameter_of(field, cls) for field in attrs.fields(built) if field.init]
        parameters.sort(key=lambda parameter: parameter.kind is griffe.ParameterKind.keyword_only)
        itself = griffe.Parameter("self", kind=griffe.ParameterKind.positional_or_keyword)
        init = griffe.Function("__init__", parameters=griffe.Parameters(itself, *parameters), parent=cls)
        cls.set_member("__init__", init)


def parameter_of(field: "attrs.Attribute[Any]", cls: griffe.Class) -> griffe.Parameter:
    """One argument as the class declares it, not as its converter takes it."""
    kinds = griffe.ParameterKind
    return griffe.Parameter(
        field.alias or field.name,
        annotation=cls.all_members[field.name].annotation,
        kind=kinds.keyword_only if field.kw_only else kinds.positional_or_keyword,
        default=default_of(field.default),
    )


def default_of(default: Any) -> str | None:
    """How a default is written; a factory's is its name called."""
    if default is attrs.NOTHING:
        return None
    if isinstance(default, attrs.Factory):
        return f"{default.factory.__name__}()"
    return repr(default)
