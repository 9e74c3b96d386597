"""What an office's own template may do: a small part of Jinja, so that no edit can stop the engine.

Reminders are sent in threads that nothing can cut off, so a template is bounded by construction and not by a clock: only what
a mail needs is understood (loops over the message's own lists, conditions, a few filters), each turn of a loop is paid for
from a budget, and no text grows beyond a limit.
"""

import re
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from jinja2 import StrictUndefined, Template, TemplateError, Undefined, nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError, UndefinedError
from jinja2.filters import FILTERS, do_join, make_attrgetter
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS
from jinja2.utils import pass_eval_context

# Characters of a template, and of what it renders; the longest shipped message (200 items) has some 200,000.
MOST_SOURCE = 100_000
MOST_OUTPUT = 2_000_000
# Nodes evaluated in loops; the shipped message with 200 items takes some 20,000, and 500,000 are a second at most.
MOST_WORK = 500_000
# The message has groups, their items and the items' facts.
DEEPEST_LOOP = 4

_LISTS = frozenset({"sort", "selectattr", "rejectattr", "groupby", "unique"})
_TEXTS = frozenset(
    {"d", "default", "e", "escape", "first", "last", "length", "count", "lower", "upper", "string"}
    | {"trim", "truncate", "format", "join"}
)
_TESTS = frozenset(
    {"defined", "undefined", "none", "odd", "even", "divisibleby", "true", "false", "eq", "equalto", "ne"}
    | {"gt", "ge", "lt", "le", "greaterthan", "lessthan"}
)
_UNDERSTOOD: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.For,
    nodes.If,
    nodes.Assign,
    nodes.Name,
    nodes.Const,
    nodes.Tuple,
    nodes.List,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Filter,
    nodes.Test,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.CondExpr,
    nodes.Add,
    nodes.Sub,
    nodes.Neg,
    nodes.Concat,
    nodes.Call,
    nodes.Keyword,
)
_PLACEHOLDERS = re.compile(r"(?:[^%]|%%|%(?:\(\w+\))?[sd])*")


class TooMuch(TemplateError):
    """A template that does more, or other things, than a mail needs; `lineno` is known when it was seen while reading."""

    def __init__(self, message: str, lineno: int | None = None) -> None:
        super().__init__(message)
        self.lineno = lineno


class _Budget:
    """What one rendering may still spend."""

    def __init__(self) -> None:
        self._left = MOST_WORK

    def spend(self, amount: int) -> None:
        self._left -= amount
        if self._left < 0:
            raise TooMuch(_("循环过多，生成一封邮件的工作量超出限度。"))


_budget: ContextVar[_Budget] = ContextVar("budget")


def _counted(values: Iterable[Any], cost: int = 1) -> Iterator[Any]:
    budget = _budget.get()
    for value in values:
        budget.spend(cost)
        yield value


def _plain(value: Any) -> Any:
    """A value that can be written out; a whole list or message has no form of its own and could be of any size."""
    if isinstance(value, str | int | float | date | Undefined):
        return value
    raise TooMuch(_("只能输出文字、数字和日期，请写明要输出的字段。"))


def _within(size: int) -> None:
    if size > MOST_OUTPUT:
        raise TooMuch(_("生成的内容超过%d字。") % MOST_OUTPUT)


@pass_eval_context
def _join(context: EvalContext, values: Iterable[Any], d: str = "", attribute: str | None = None) -> str:
    if attribute is not None:
        values = map(make_attrgetter(context.environment, attribute), values)
    parts = [_plain(value) for value in _counted(values)]
    size = sum(len(str(part)) for part in parts) + len(d) * len(parts)
    _within(size)
    _budget.get().spend(size // 100)
    return str(do_join(context, parts, d)) if not context.autoescape else do_join(context, parts, d)


def _format(value: str, *args: Any, **named: Any) -> str:
    """As Jinja's own, with plain placeholders only: a width could ask for any number of blanks."""
    if not _PLACEHOLDERS.fullmatch(value):
        raise TooMuch(_("占位符只能是 %%s、%%d 或 %%(名称)s。") % ())
    given = [_plain(found) for found in (*args, *named.values())]
    _within(len(value) + value.count("%") * max((len(str(found)) for found in given), default=0))
    return value % (named or args)


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox with the bounds of this file; `from_source` is the way to a template."""

    intercepted_binops = frozenset({"+", "-"})

    def __init__(self, *, autoescape: bool) -> None:
        super().__init__(
            autoescape=autoescape,
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            optimized=False,
            finalize=_plain,
        )
        self.globals.clear()
        listed = {name: _over_list(FILTERS[name]) for name in _LISTS}
        self.filters = {name: FILTERS[name] for name in _TEXTS} | listed
        self.filters |= {"format": _format, "join": _join, "counted": _counted}
        self.tests = {name: TESTS[name] for name in _TESTS}

    def is_safe_callable(self, obj: Any) -> bool:
        """Translating, and a loop's `cycle`."""
        return obj is self.globals.get("_") or getattr(obj, "__func__", None) is LoopContext.cycle

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Numbers only: texts are put together by ~, which is measured."""
        if not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise TooMuch(_("加减只用于数字；连接文字请用 ~。"))
        return super().call_binop(context, operator, left, right)

    def from_source(self, source: str) -> Template:
        """Raises TemplateError: a syntax error, or TooMuch, with its line."""
        if len(source) > MOST_SOURCE:
            raise TooMuch(_("模板超过%d字。") % MOST_SOURCE)
        try:
            tree = self.parse(source)
            _check(tree)
            _count_loops(tree)
            return self.from_string(_joined(tree).set_environment(self))
        except TemplateError:
            raise
        # Nested a thousand deep, numbers of ten thousand digits: Jinja and Python each complain in their own way.
        except (RecursionError, SyntaxError, ValueError, MemoryError, OverflowError) as error:
            raise TooMuch(_("模板过于复杂，无法读取。")) from error


def _over_list(function: Any) -> Any:
    """The filter with what it walks counted. Keeps what Jinja hands it beside (environment, context)."""

    def counting(beside: Any, values: Iterable[Any], *args: Any, **named: Any) -> Any:
        return function(beside, _counted(values), *args, **named)

    counting.jinja_pass_arg = function.jinja_pass_arg  # type: ignore[attr-defined]
    return counting


def render(template: Template, context: dict[str, Any]) -> str:
    """The text, within the bounds. Raises TooMuch, and whatever else an edited template makes go wrong."""
    token = _budget.set(_Budget())
    try:
        parts: list[str] = []
        size = 0
        for part in template.generate(context):
            parts.append(part)
            size += len(part)
            _within(size)
        return "".join(parts)
    finally:
        _budget.reset(token)


def _check(node: nodes.Node, depth: int = 0) -> None:
    """Refuses what is not understood, where it stands."""
    if not isinstance(node, _UNDERSTOOD):
        raise TooMuch(_("模板不支持“%s”这种写法。") % type(node).__name__, node.lineno)
    if isinstance(node, nodes.For):
        depth += 1
        if node.recursive or depth > DEEPEST_LOOP or not _is_from_data(node.iter):
            raise TooMuch(_("循环只能遍历邮件自己的内容，最多嵌套%d层。") % DEEPEST_LOOP, node.lineno)
    elif isinstance(node, nodes.Assign):
        given = isinstance(node.node, nodes.Const) or _is_from_data(node.node)
        if not (given and isinstance(node.target, nodes.Name)):
            raise TooMuch(_("set 只能给邮件自己的内容起名。"), node.lineno)
    elif isinstance(node, nodes.Call):
        if not _is_known_call(node):
            raise TooMuch(_("只能调用 _() 和 loop.cycle()。"), node.lineno)
    elif isinstance(node, nodes.Filter | nodes.Test):
        allowed = _TESTS if isinstance(node, nodes.Test) else _LISTS | _TEXTS
        if node.name not in allowed or node.dyn_args or node.dyn_kwargs:
            raise TooMuch(_("模板不支持“%s”。") % node.name, node.lineno)
    elif isinstance(node, nodes.Operand) and node.op in ("in", "notin") and not _is_literal(node.expr):
        raise TooMuch(_("in 的右边只能是写明的几个值。"), node.lineno)
    for child in node.iter_child_nodes():
        _check(child, depth)


def _is_literal(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const | nodes.Tuple | nodes.List)


def _is_from_data(node: nodes.Node | None) -> bool:
    """A name, its fields and elements, and filters that leave out or put in order: nothing that makes a thing larger."""
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        return _is_from_data(node.node)
    if isinstance(node, nodes.Filter):
        return node.name in _LISTS | {"first", "last"} and _is_from_data(node.node)
    return isinstance(node, nodes.Name)


def _is_known_call(node: nodes.Call) -> bool:
    called = node.node
    cycle = isinstance(called, nodes.Getattr) and called.attr == "cycle"
    named = isinstance(called, nodes.Name) and called.name == "_"
    return (cycle or named) and not (node.dyn_args or node.dyn_kwargs)


def _count_loops(tree: nodes.Template) -> None:
    for loop in list(tree.find_all(nodes.For)):
        cost = sum(_weight(node) for node in loop.find_all(nodes.Node))
        loop.iter = _filtered(loop.iter, "counted", nodes.Const(cost))


def _weight(node: nodes.Node) -> int:
    """How much a node costs each time: a long constant as much as many short ones."""
    text = getattr(node, "value" if isinstance(node, nodes.Const) else "data", "")
    return 1 + (len(text) // 100 if isinstance(text, str) else 0)


def _joined(node: Any) -> Any:
    """The tree with every ~ as a join, which is measured."""
    for name, value in node.iter_fields():
        if isinstance(value, nodes.Node):
            setattr(node, name, _joined(value))
        elif isinstance(value, list):
            setattr(node, name, [_joined(one) if isinstance(one, nodes.Node) else one for one in value])
    if not isinstance(node, nodes.Concat):
        return node
    return _filtered(nodes.List(node.nodes, lineno=node.lineno), "join")


def _filtered(node: nodes.Node, name: str, *args: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, list(args), [], None, None, lineno=node.lineno)


def in_words(error: Exception) -> str:
    """What went wrong in an edited template and in which line, in Chinese."""
    line = getattr(error, "lineno", None) or _line_of(error)
    where = _("第%d行：") % line if line else ""
    if isinstance(error, UndefinedError):
        what = _("用到了不存在的内容%s。") % _named(error)
    elif isinstance(error, SecurityError):
        what = _("用到了不允许的内容%s。") % _named(error)
    elif isinstance(error, UnicodeEncodeError):
        what = _("生成的内容含有无法发送的字符（半个字符）。")
    elif isinstance(error, TemplateSyntaxError):
        what = _("写法有误，请检查标签是否写全、成对%s。") % _named(error)
    else:
        own = isinstance(error, TemplateError)
        what = str(error) if own else _("这样的内容无法计算（%s）。") % type(error).__name__
    return f"{where}{what}"


def _named(error: Exception) -> str:
    """（name）: the name or mark that Jinja's English sentence is about, the last that it quotes; "" when it quotes words."""
    quoted = re.findall(r"'([^' ]+)'", str(error))
    return f"（{quoted[-1]}）" if quoted else ""


def _line_of(error: Exception) -> int | None:
    """Where rendering stopped: Jinja gives its frames the lines of the template."""
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
