"""Runs SCALE-Sim, or makes up networks for it.

    run_scalesim.py run FOLDER          simulate FOLDER's topology.csv; reports go into FOLDER/run
    run_scalesim.py network SEED FILE   write a random network; print rows and columns of an array

`run` prints the seconds it took, without imports. It uses the package and not its command, which
writes its traces even where it is told not to.
"""

import json
import random
import sys
import time


def run(folder):
    from scalesim.scale_sim import scalesim

    start = time.perf_counter()
    simulation = scalesim(
        save_disk_space=True,
        verbose=False,
        config=f"{folder}/scale.cfg",
        topology=f"{folder}/topology.csv",
        layout=f"{folder}/layout.csv",
    )
    simulation.run_scale(top_path=folder)
    print(time.perf_counter() - start)


def network(seed, path):
    """Small layers of any kernel, stride and padding; arrays that they fill and do not."""
    draw = random.Random(seed)
    size = [draw.randint(1, 12), draw.randint(1, 12)]
    channels = draw.randint(1, 9)
    layers = []
    for number in range(draw.randint(1, 5)):
        padding = [draw.randint(0, 2), draw.randint(0, 2)]
        kernel = [draw.randint(1, min(5, n + 2 * p)) for n, p in zip(size, padding)]
        stride = draw.randint(1, 3)
        filters = draw.randint(1, 20)
        layers.append({
            "name": f"conv{number}", "kind": "conv", "cin": channels, "cout": filters,
            "size": size, "kernel": kernel, "stride": stride, "padding": padding,
        })
        size = [(n + 2 * p - k) // stride + 1 for n, p, k in zip(size, padding, kernel)]
        channels = filters
    description = {
        "schema": "mimegen-network/1", "name": f"random {seed}", "source": "synthetic",
        "tasks": [{"name": "task0", "classes": draw.randint(1, 20)}], "layers": layers,
        "head": draw.choice(["flatten", "average"]),
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(description, file)
    print(draw.randint(1, 16), draw.randint(1, 16))


if sys.argv[1] == "run":
    run(sys.argv[2])
else:
    network(int(sys.argv[2]), sys.argv[3])
