#!/usr/bin/env python3
"""Intel Neural Compressor's static quantizer on one network, for Tests/quantize-check.py.

    Tests/quantize-neural-compressor.py FLOAT.onnx CALIBRATION.npy QUANTIZED.onnx

Python 3.11 in an environment of its own, with: neural-compressor==2.6 six "numpy<2" onnx==1.16.2 onnxruntime==1.18.1
"""
import sys

import numpy as np
from neural_compressor import quantization
from neural_compressor.config import PostTrainingQuantConfig


class Samples:
    """A sample at a time, the label that the interface wants a 0."""

    batch_size = 1

    def __init__(self, x):
        self.x = x

    def __iter__(self):
        return ((self.x[i : i + 1], 0) for i in range(len(self.x)))


def main(model, calibration, to):
    x = np.load(calibration).astype(np.float32)
    config = PostTrainingQuantConfig(approach="static", quant_format="QDQ", calibration_sampling_size=[len(x)])
    quantized = quantization.fit(model=model, conf=config, calib_dataloader=Samples(x))
    quantized.save(to)


if __name__ == "__main__":
    main(*sys.argv[1:])
