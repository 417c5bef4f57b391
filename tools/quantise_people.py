"""The person network in 8 bits, from the one that training wrote.

python tools/quantise_people.py people.onnx samples/*.npz --out people_int8.onnx
"""

import argparse
from pathlib import Path

from tennalytix.training.people_samples import samples_from_bytes
from tennalytix.training.people_small import agreement, small_people_network


def main() -> None:
    """Reads the arguments, writes the file and says how far both networks agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", type=Path)
    parser.add_argument("samples", type=Path, nargs="+", help="files of 05_model_input/people and people_rendered")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    content = given.network.read_bytes()
    samples = [sample for path in given.samples for sample in samples_from_bytes(path.read_bytes())]
    measured, checked = samples[::2], samples[1::2]  # one half for the ranges, the other to compare
    small = small_people_network(content, measured)
    given.out.write_bytes(small)
    same = agreement(content, small, checked[:: max(1, len(checked) // 40)])
    print(f"{given.out}: {len(content)} bytes became {len(small)}; {same.kept:.1%} kept, {same.added:.1%} added")


if __name__ == "__main__":
    main()
