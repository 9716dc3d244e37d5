package io.greenformers.engine.op;

import io.greenformers.engine.torch.Optionals;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Rotary position embeddings. */
final class Rotation {
  private Rotation() {}

  /**
   * Rotates pairs of elements.
   *
   * @param x [batch, heads, length, size]
   * @param cosine [batch or 1, 1, length, rotated/2]; sine likewise
   * @param rotated how many leading elements of each head; 0 for all
   * @param interleaved whether pairs are neighbours, instead of one from each half
   */
  static Tensor rotate(Tensor x, Tensor cosine, Tensor sine, long rotated, boolean interleaved) {
    long size = x.size(3);
    long width = rotated == 0 ? size : rotated;
    Tensor turning = x.narrow(3, 0, width);
    Tensor first = interleaved ? every2nd(turning, 0) : turning.narrow(3, 0, width / 2);
    Tensor second = interleaved ? every2nd(turning, 1) : turning.narrow(3, width / 2, width / 2);
    Tensor real = first.mul(cosine).sub(second.mul(sine));
    Tensor imaginary = first.mul(sine).add(second.mul(cosine));
    Tensor turned =
        interleaved
            ? torch.stack(new TensorVector(real, imaginary), 4).flatten(3, 4)
            : torch.cat(new TensorVector(real, imaginary), 3);
    return width == size
        ? turned
        : torch.cat(new TensorVector(turned, x.narrow(3, width, size - width)), 3);
  }

  private static Tensor every2nd(Tensor x, long first) {
    return x.slice(3, Optionals.integer(first), Optionals.integer(), 2);
  }
}
