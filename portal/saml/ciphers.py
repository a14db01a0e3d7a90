"""Opening what was encrypted for us. A manager of keys reads every CA of the machine when it is made (6 ms, ten times the
work it is made for), so one is kept per key and thread."""

import threading
from collections import OrderedDict

import xmlsec
from lxml import etree

from portal.organizations.secrets import digest

MOST = 64


class _Kept(threading.local):
    def __init__(self) -> None:
        self.managers: OrderedDict[str, xmlsec.KeysManager] = OrderedDict()


_kept = _Kept()


def decrypt(encrypted: etree._Element, private: str) -> etree._Element:
    """The element inside, in the place of its cipher; `xmlsec.Error` when this key does not open it."""
    return xmlsec.EncryptionContext(_manager(private)).decrypt(encrypted)


def _manager(private: str) -> xmlsec.KeysManager:
    name, managers = digest(private), _kept.managers
    if name not in managers:
        manager = xmlsec.KeysManager()
        manager.add_key(xmlsec.Key.from_memory(private, xmlsec.KeyFormat.PEM, None))
        managers[name] = manager
        if len(managers) > MOST:
            managers.popitem(last=False)
    managers.move_to_end(name)
    return managers[name]
