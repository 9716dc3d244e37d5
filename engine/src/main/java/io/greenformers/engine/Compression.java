package io.greenformers.engine;

import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.StageRequest;

/** The stages of a compression (inspect, factorize, evaluate), and what is asked for by itself. */
final class Compression {
  private Compression() {}

  static ChildMessage.Result run(StageRequest request, StageContext context) {
    return switch (request.stage()) {
      case INSPECT -> new InspectStage(request, context, MemoryBound.configured()).run();
      case PREDICT -> new PredictStage(request, context).run();
      case VERIFY -> new VerifyStage(request, context).run();
      case FACTORIZE -> new FactorizeStage(request, context, MemoryBound.configured()).run();
      case RECOVER -> new RecoverStage(request, context).run();
      case EVALUATE -> new EvaluateStage(request, context, MemoryBound.configured()).run();
    };
  }
}
