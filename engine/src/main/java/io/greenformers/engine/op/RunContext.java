package io.greenformers.engine.op;

import io.greenformers.core.onnx.WeightStore;

/** What all nodes of an executor share. */
record RunContext(ExecutorSettings settings, WeightStore weights) {}
