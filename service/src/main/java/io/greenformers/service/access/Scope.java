package io.greenformers.service.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a caller may do. None of them includes another. */
public enum Scope {
  /** See the tenant's models, datasets, compressions and artifacts. */
  READ,
  /** Upload, compress and cancel for the tenant. */
  WRITE,
  /** Operate the service: keys of all tenants, queue, workers, metrics; nobody's contents. */
  ADMIN;

  /** As it is written in keys, tokens and requests: {@code read}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The scope that is written so. */
  public static Optional<Scope> of(String text) {
    return Arrays.stream(values()).filter(scope -> scope.text().equals(text)).findFirst();
  }
}
