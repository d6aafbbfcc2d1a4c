# SPDX-License-Identifier: Apache-2.0
"""Each layer includes only itself and the layers before it; public headers only each other."""

import source_tree

LAYERS = ["base", "adapters", "policy", "proxy", "events", "engine", "sandbox", "hostcall",
          "runtime", "dispatch", "host"]
# The process tier is an engine like the other: only the facade and its own helper know it.
# Adapters are behind the interfaces in include/sublet/adapters.
ONLY_FOR = {"sandbox": {"sandbox", "host"}, "adapters": {"adapters"}}
# What is proved to hosts is proved through the public headers.
PUBLIC_ONLY = ["testing"]


def layer_of(path):
    """The layer that a path below lib/ belongs to, or None."""
    folder = path.split("/")[0]
    return LAYERS.index(folder) if folder in LAYERS and "/" in path else None


def check_lib_file(tree, path):
    if path.split("/")[1] in PUBLIC_ONLY:
        for line, included, angle in source_tree.includes(tree.read(path)):
            if not angle and not included.startswith(("sublet/", "testing/")):
                yield f'{path}:{line}: "{included}" is no public header'
        return
    own = layer_of(path.removeprefix("lib/"))
    if own is None:
        yield f"{path}:1: is in no layer of {' < '.join(LAYERS)}"
        return
    for line, included, angle in source_tree.includes(tree.read(path)):
        if angle or included.startswith("sublet/"):
            continue
        other = layer_of(included)
        if other is None:
            yield f'{path}:{line}: "{included}" is not written by its layer, as "base/clock.h" is'
        elif LAYERS[own] not in ONLY_FOR.get(LAYERS[other], set(LAYERS)):
            yield f"{path}:{line}: {LAYERS[own]} may not include {LAYERS[other]} ({included})"
        elif other > own:
            yield f"{path}:{line}: {LAYERS[own]} may not include {LAYERS[other]} ({included})"


def check(tree):
    for path in tree.files(["lib"], source_tree.CODE):
        yield from check_lib_file(tree, path)
    for path in tree.files(["include"], source_tree.CODE):
        for line, included, angle in source_tree.includes(tree.read(path)):
            if not angle and not included.startswith("sublet/"):
                yield f'{path}:{line}: a public header includes "{included}"'


if __name__ == "__main__":
    source_tree.main(check)
