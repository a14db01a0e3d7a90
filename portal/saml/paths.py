"""Compiled XPath expressions, kept per thread: the library asks three dozen of them of every response, each compiled anew."""

import threading
from collections import OrderedDict
from collections.abc import Mapping

from lxml import etree

MOST = 128


class _Kept(threading.local):
    def __init__(self) -> None:
        self.paths: OrderedDict[str, etree.XPath] = OrderedDict()


_kept = _Kept()


def find(node: etree._Element, path: str, namespaces: Mapping[str, str], **variables: str) -> object:
    """What `node.xpath` finds. Namespaces are always the same ones."""
    compiled = _kept.paths.get(path)
    if compiled is None:
        compiled = _kept.paths[path] = etree.XPath(path, namespaces=dict(namespaces))
        if len(_kept.paths) > MOST:
            _kept.paths.popitem(last=False)
    return compiled(node, **variables)
