"""Runs test_accelerator.py in Icarus Verilog, on the accelerator that a program is for.

    run.py RTL PROGRAM BUILD

RTL is a folder that mimegen wrote, PROGRAM one of mimegen compile, BUILD a folder for the rest.
"""
import json
import sys
from pathlib import Path

from cocotb_tools.check_results import get_results
from cocotb_tools.runner import get_runner

TOP = "mime_accelerator"


def main(rtl, program, build):
    parameters = json.loads((program / "program.json").read_text())["accelerator"]["parameters"]
    files = (rtl / f"{TOP}.f").read_text().split()
    runner = get_runner("icarus")
    runner.build(
        sources=[rtl / name for name in files], hdl_toplevel=TOP, parameters=parameters,
        build_dir=build, timescale=("1ns", "1ps"), always=True)
    results = runner.test(
        test_module="test_accelerator", test_dir=Path(__file__).resolve().parent,
        hdl_toplevel=TOP, build_dir=build, results_xml=str(build / "results.xml"),
        # cocotbext-axi uses names of cocotb 1 that cocotb 2 still has.
        extra_env={"MIME_PROGRAM": str(program), "PYTHONWARNINGS": "ignore::DeprecationWarning"})
    tests, failures = get_results(results)
    return 0 if tests > 0 and failures == 0 else 1


if __name__ == "__main__":
    sys.exit(main(*(Path(argument).resolve() for argument in sys.argv[1:])))
