package io.greenformers.cli.files;

import java.util.Optional;

/** Of this build, as reports say it too. */
public final class Version {
  private Version() {}

  public static String text() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("not packaged");
  }
}
