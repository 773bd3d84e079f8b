"""Faults that checks found, kept until the end so that one run names all of them."""

faults = []


def expect(condition, fault):
    if not condition:
        faults.append(fault)
    return bool(condition)
