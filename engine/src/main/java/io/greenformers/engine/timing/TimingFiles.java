package io.greenformers.engine.timing;

import java.nio.file.Path;

/**
 * What timing reads and writes.
 *
 * @param canonical the model's file as ONNX Runtime may see it; external data lies beside it, and
 *     one more file will while shapes are asked for
 * @param cache timings that were measured before, JSON; created where it is absent
 * @param scratch an existing directory for models of single sites
 */
public record TimingFiles(Path canonical, Path cache, Path scratch) {}
