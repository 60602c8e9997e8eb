"""Write the reference: what stands below the marker of each page in docs/reference/, from the docstrings.

    python docs/generate_reference.py            write the pages
    python docs/generate_reference.py --check    say which pages are out of date

What a page says above its marker is written by hand.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import attrs

REFERENCE: Final = Path(__file__).parent / "reference"
MARKER: Final = "<!-- Below this line the page is made from the docstrings: make reference -->\n"
WIDTH: Final = 100

# What each page holds: a public module, or what can be reached without a name of its own.
PAGES: Final[dict[str, tuple[str, ...]]] = {
    "loyaltykit": ("loyaltykit",),
    "behind-a-shop": (
        "loyaltykit.loyalty.selection.Selection",
        "loyaltykit.loyalty.members.Members",
        "loyaltykit.loyalty.transactions.Transactions",
        "loyaltykit.loyalty.programs.Programs",
        "loyaltykit.loyalty.outbox.Outbox",
        "loyaltykit.loyalty.maintenance.Maintenance",
        "loyaltykit.domain.views.tier_status.NextTier",
        "loyaltykit.rules.explain.Explanation",
    ),
    "rules": ("loyaltykit.rules", "loyaltykit.rules.terms.FactTerm"),
    "answers": ("loyaltykit.answers",),
    "records": ("loyaltykit.records",),
    "matching": ("loyaltykit.matching",),
    "quality": ("loyaltykit.quality",),
    "tables": ("loyaltykit.tables",),
    "errors": ("loyaltykit.errors",),
    "ports": ("loyaltykit.ports",),
    "storage": ("loyaltykit.storage", "loyaltykit.storage.memory.MemoryStorage"),
}

SECTION: Final = re.compile(r"^(Args|Returns|Raises|Yields):$")
ENTRY: Final = re.compile(r"^    (\w[\w.]*(?:, \w[\w.]*)*): (.*)$")


class Bare:
    """An annotation that is shown as it was written."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def page_text(name: str) -> str:
    """Return a page as it should be: its own words, the marker, and what the docstrings say."""
    page = REFERENCE / f"{name}.md"
    words = page.read_text("utf-8").partition(MARKER)[0].rstrip("\n")
    return f"{words}\n\n{MARKER}\n" + "\n".join(page_parts(name)) + "\n"


def page_parts(name: str) -> Iterator[str]:
    """Yield the paragraphs of a page."""
    modules = [import_module(path) for path in PAGES[name] if is_module(path)]
    entries = [(entry, getattr(module, entry), module) for module in modules for entry in public_names(module)]
    for path in PAGES[name]:
        if not is_module(path):
            home, _, entry = path.rpartition(".")
            entries.append((entry, getattr(import_module(home), entry), import_module(home)))
    for module in modules:
        yield from prose(module.__doc__)
    if len(entries) > 1:
        yield " · ".join(f"[`{entry}`](#{anchor(entry)})" for entry, _, _ in entries) + "\n"
    for entry, value, module in entries:
        yield from described(entry, value, module, is_made=name != "behind-a-shop")


def is_module(path: str) -> bool:
    return path.rpartition(".")[2].islower()


def anchor(entry: str) -> str:
    return entry.lower().replace(".", "")


def public_names(module: ModuleType) -> list[str]:
    """Return the names that a module promises: `__all__`, or what it defines itself."""
    listed = getattr(module, "__all__", None)
    if listed is None:
        listed = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    return [name for name in listed if not name.startswith("_")]


def described(entry: str, value: Any, module: ModuleType, *, is_made: bool) -> Iterator[str]:
    """Yield the heading, the signature and the docstring of a name, and those of a class's members."""
    yield f"## {entry}\n"
    if inspect.isclass(value):
        if is_made:
            yield from constructor_parts(entry, value)
        yield from class_parts(entry, value)
    elif inspect.isroutine(value):
        yield from code(f"{entry}{signature_text(inspect.signature(value))}")
        yield from prose(value.__doc__)
    else:
        yield from prose(constant_text(entry, module) or type(value).__doc__)


def constructor_parts(entry: str, kind: type) -> Iterator[str]:
    """Yield how a class is made, and what it is a kind of."""
    bases = [base.__name__ for base in kind.__bases__ if base is not object and not base.__name__.startswith("_")]
    if issubclass(kind, Exception) and "__init__" not in vars(kind):
        yield from code(f"class {entry}({', '.join(bases)})")
    elif getattr(kind, "_is_protocol", False):
        yield from code(f"class {entry}(Protocol)")
    else:
        yield from code(f"{entry}{signature_text(constructor_of(kind))}")
        if bases := [base for base in bases if base not in ("Protocol", "NamedTuple", "tuple", "Generic")]:
            yield f"A kind of {' and '.join(f'`{base}`' for base in bases)}.\n"


def class_parts(entry: str, kind: type) -> Iterator[str]:
    """Yield the docstring of a class and its members."""
    yield from prose(kind.__doc__)
    for name, member in members_of(kind):
        yield f"### {entry}.{name}\n"
        function = getattr(member, "__func__", getattr(member, "func", getattr(member, "fget", member)))
        if inspect.isroutine(member) or isinstance(member, staticmethod | classmethod):
            yield from code(f"{name}{signature_text(without_self(member, inspect.signature(function)))}")
        elif (answer := inspect.signature(function).return_annotation) is not inspect.Signature.empty:
            yield from code(f"{name}: {answer}")
        yield from prose(function.__doc__)


def members_of(kind: type) -> Iterator[tuple[str, Any]]:
    """Yield the methods and properties that a class defines and documents, in its order."""
    for name, member in vars(kind).items():
        wanted = inspect.isfunction(member) or isinstance(member, staticmethod | classmethod | property)
        if wanted and member.__doc__ and not name.startswith("_") and not is_internal(member):
            yield name, member


def is_internal(member: Any) -> bool:
    """Say whether a property is for the core: instants are datetimes outside of it."""
    return isinstance(member, property) and "Instant" in str(inspect.signature(member.fget).return_annotation)


def constructor_of(kind: type) -> inspect.Signature:
    """Return how a class is called: as it declares its fields, not as their converters take them."""
    if not attrs.has(kind) or hasattr(kind, "__attrs_init__"):
        return without_self(None, inspect.signature(kind.__init__))
    # Not the types that the fields hold: reading JSON turns those from text into classes.
    written = {name: text for base in reversed(kind.__mro__) for name, text in inspect.get_annotations(base).items()}
    parameters = [parameter_of(field, written[field.name]) for field in attrs.fields(kind) if field.init]
    parameters.sort(key=lambda parameter: parameter.kind)
    return inspect.Signature(parameters)


def parameter_of(field: attrs.Attribute[Any], annotation: Any) -> inspect.Parameter:
    default: Any = inspect.Parameter.empty
    if isinstance(field.default, attrs.Factory):  # type: ignore[arg-type]
        default = Bare(f"{field.default.factory.__name__}()")
    elif field.default is not attrs.NOTHING:
        default = field.default
    kind = inspect.Parameter.KEYWORD_ONLY if field.kw_only else inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(field.alias or field.name, kind, default=default, annotation=annotation)


def without_self(member: Any, signature: inspect.Signature) -> inspect.Signature:
    parameters = list(signature.parameters.values())
    if not isinstance(member, staticmethod) and parameters:
        parameters = parameters[1:]
    answer = inspect.Signature.empty if member is None else signature.return_annotation
    return inspect.Signature(parameters, return_annotation=answer)


def signature_text(signature: inspect.Signature) -> str:
    """Return a signature as it would be written, one parameter a line where it is long."""
    parameters = [shown(parameter) for parameter in signature.parameters.values()]
    answer = signature.return_annotation
    whole = signature.replace(
        parameters=parameters, return_annotation=Bare(answer) if isinstance(answer, str) else answer
    )
    text = str(whole)
    if len(text) < WIDTH:
        return text
    lines: list[str] = []
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and not any(line.startswith("*") for line in lines):
            lines.append("*")
        lines.append(str(parameter))
    tail = "" if answer is inspect.Signature.empty else " -> " + text.rpartition(" -> ")[2]
    return "(\n" + "".join(f"    {line},\n" for line in lines) + ")" + tail


def shown(parameter: inspect.Parameter) -> inspect.Parameter:
    annotation, default = parameter.annotation, parameter.default
    if isinstance(annotation, str):
        annotation = Bare(annotation)
    if attrs.has(type(default)):
        default = Bare(value_text(default))
    elif isinstance(default, type) or callable(default):
        default = parameter.empty if default is parameter.empty else Bare(default.__name__)
    return parameter.replace(annotation=annotation, default=default)


def value_text(value: Any) -> str:
    """Return a default as one would write it: a policy without arguments, anything long shortened."""
    text = repr(value)
    name = type(value).__name__
    try:
        return f"{name}()" if type(value)() == value and "(" in text else text
    except (TypeError, ValueError):
        return text if len(text) < 40 else f"{name}(…)"


def constant_text(entry: str, module: ModuleType) -> str | None:
    """Return the string below a constant in the module that defines it."""
    home = module
    while True:
        texts, imports = module_texts(home.__file__ or "")
        if entry in texts:
            return texts[entry]
        if entry not in imports:
            return None
        home = import_module(imports[entry])


@cache
def module_texts(file: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the strings below the constants of a file, and where the names that it imports come from."""
    texts: dict[str, str] = {}
    tree = ast.parse(Path(file).read_text("utf-8"))
    imports = {
        alias.asname or alias.name: node.module or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node, following in zip(tree.body, tree.body[1:], strict=False):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(following, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(following, ast.Expr):
            texts[target.id] = str(value.value)
    return texts, imports


def code(text: str) -> Iterator[str]:
    yield f"```text\n{text}\n```\n"


def prose(docstring: str | None) -> Iterator[str]:
    """Yield a docstring as Markdown: sections as lists, examples in fences."""
    if not docstring:
        return
    lines = inspect.cleandoc(docstring).replace("``", "`").splitlines()
    out: list[str] = []
    section = False
    example = False
    for line in lines:
        starts = SECTION.match(line)
        entry = ENTRY.match(line)
        if line.startswith(">>> ") and not example:
            out.append("```pycon")
            example = True
        elif example and not line:
            out.append("```")
            example = False
        section = bool(starts) or (section and (not line or line.startswith(" ")))
        if starts:
            out += [f"**{starts.group(1)}**", ""]
        elif section and entry:
            out.append(f"- {', '.join(f'`{name}`' for name in entry.group(1).split(', '))}: {entry.group(2)}")
        elif section:
            out.append(line.removeprefix("    ") if line.startswith("        ") else line.strip())
        else:
            out.append(line)
    if example:
        out.append("```")
    yield "\n".join(out) + "\n"


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` name those that are out of date."""
    stale = [name for name in PAGES if (REFERENCE / f"{name}.md").read_text("utf-8") != page_text(name)]
    if "--check" in arguments:
        for name in stale:
            print(f"docs/reference/{name}.md is out of date: make reference")
        return bool(stale)
    for name in stale:
        (REFERENCE / f"{name}.md").write_text(page_text(name), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
