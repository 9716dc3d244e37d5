package io.greenformers.engine.data;

/** How a file holds ready tensors. */
public enum TensorFormat {
  /** A ZIP archive of {@code .npy} files, as {@code numpy.savez} writes it. */
  NPZ,
  /** The safetensors format. */
  SAFETENSORS
}
