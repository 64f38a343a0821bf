"""Addresses of web services, from the configuration alone: what is refused, and the way there.

A service is reached where its name pointed when it was first looked up, and nowhere else: a name
that changes its address, or an answer that sends us elsewhere, leads to no other machine.
"""

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from store.domain.refusal import Unusable

_EXAMPLE = "https://pacs.example/dicom-web"


class Unreachable(Unusable):
    """The service has no address that may be used."""


def fault(address: str) -> str:
    """What is wrong with *address*, and what to write; empty where nothing is."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return f"write an address like {_EXAMPLE}"
    clean = address.isascii() and address.isprintable() and " " not in address
    if not clean or "\\" in address or not parts.hostname:
        return f"write an address like {_EXAMPLE}"
    if parts.username is not None or parts.password is not None:
        return "no user or password may stand in it; write user and secret_env or secret_file"
    if parts.query or parts.fragment:
        return "it may hold no ? and no #; write the root of the service alone"
    if parts.scheme != "https" and not (parts.scheme == "http" and _loopback(parts.hostname)):
        return f"only this machine may be reached without https; write {_EXAMPLE}"
    return ""


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def pinned(parts: SplitResult) -> str:
    """The one numeric address at which the service of *parts* is reached from now on.

    Raises:
        Unreachable: the name has no address, or one that no service of a hospital has.
    """
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        msg = "The name of the DICOMweb service is not known here. Check its url and the network."
        raise Unreachable(msg) from None
    for *_, where in found:
        address = ipaddress.ip_address(str(where[0]).partition("%")[0])
        _check(address, local=_loopback(host))
    return str(found[0][4][0])


def _check(address: ipaddress.IPv4Address | ipaddress.IPv6Address, *, local: bool) -> None:
    """Raise `Unreachable` unless a service may have *address*."""
    plain = getattr(address, "ipv4_mapped", None) or address
    never = plain.is_link_local or plain.is_multicast or plain.is_unspecified
    if never or plain.is_loopback != local:
        msg = (
            "The DICOMweb service's name points to an address of this machine, or to one that"
            " no service has. Name the service itself in its url."
        )
        raise Unreachable(msg)
