package io.greenformers.protocol.child;

import static java.util.stream.Collectors.joining;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * What children of one installation share. It is theirs to fill: a cache that cannot be written, or
 * is damaged, only makes them slower.
 *
 * @param directory below the user's own cache, so that no other user can put libraries there
 */
record ChildCache(Path directory) {
  private static final int KEY_BYTES = 8;

  /** The directory that the system has for this user's caches; empty where there is none. */
  static Optional<Path> ofUser() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    Path home = Path.of(System.getProperty("user.home", ""));
    Path caches =
        system.contains("win")
            ? environment("LOCALAPPDATA").orElse(home.resolve("AppData").resolve("Local"))
            : system.contains("mac")
                ? home.resolve("Library").resolve("Caches")
                : environment("XDG_CACHE_HOME").orElse(home.resolve(".cache"));
    return Optional.of(caches.resolve("greenformers")).filter(Path::isAbsolute);
  }

  /** The cache that the settings name, created; empty where that fails. */
  static Optional<ChildCache> of(ChildSettings settings) {
    return settings.cache().flatMap(ChildCache::created);
  }

  private static Optional<ChildCache> created(Path directory) {
    try {
      Path parent = directory.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      if (!Files.isDirectory(directory)) {
        Files.createDirectory(directory, onlyOurs());
      }
      return Files.isWritable(directory)
          ? Optional.of(new ChildCache(directory.toAbsolutePath()))
          : Optional.empty();
    } catch (IOException e) {
      return Files.isDirectory(directory) && Files.isWritable(directory)
          ? Optional.of(new ChildCache(directory.toAbsolutePath()))
          : Optional.empty();
    }
  }

  /** Unpacked native libraries; each library keeps its versions apart. */
  Path natives() {
    return directory.resolve("natives");
  }

  /**
   * The classes that a stage loads, parsed. The JVM writes it and checks it against the jars; it
   * refuses class paths with directories, so there is none for those.
   */
  Optional<Path> classes(ChildSettings settings, Stage stage) {
    boolean jars = settings.classPath().stream().allMatch(ChildCache::isJars);
    return jars
        ? Optional.of(
            directory.resolve("%s-%s.jsa".formatted(key(settings), stage).toLowerCase(Locale.ROOT)))
        : Optional.empty();
  }

  private static boolean isJars(String entry) {
    return entry.endsWith(".jar") || entry.endsWith("*");
  }

  private static String key(ChildSettings settings) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      String installation =
          settings.java()
              + "\n"
              + settings.classPath().stream().map(ChildCache::identity).collect(joining("\n"));
      byte[] hash = digest.digest(installation.getBytes(StandardCharsets.UTF_8));
      return "classes-" + HexFormat.of().formatHex(hash, 0, KEY_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** A jar that was built again is another one: the JVM refuses the old archive, and keeps it. */
  private static String identity(String entry) {
    File file = new File(entry);
    return entry + " " + file.lastModified() + " " + file.length();
  }

  private static Optional<Path> environment(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(v -> !v.isBlank()).map(Path::of);
  }

  private static FileAttribute<?>[] onlyOurs() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }
}
