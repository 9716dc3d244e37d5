package io.greenformers.protocol.child;

import io.greenformers.protocol.request.CompressionRequest.Solver;

/** Which native libraries a child may need: libtorch is large, and few stages use it. */
enum CachePart {
  /** ONNX Runtime, OpenBLAS and tokenizers. */
  MODELS,
  /** These, and libtorch. */
  TRAINING;

  /** What a stage needs. */
  static CachePart of(StageRequest request) {
    return switch (request.stage()) {
      case RECOVER -> TRAINING;
      case FACTORIZE -> request.request().solver() == Solver.FISHER ? TRAINING : MODELS;
      case INSPECT, PREDICT, VERIFY, EVALUATE -> MODELS;
    };
  }
}
