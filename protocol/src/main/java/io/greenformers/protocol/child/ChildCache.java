package io.greenformers.protocol.child;

import static java.util.stream.Collectors.joining;

import io.greenformers.protocol.Sha256;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What children of one installation share: unpacked native libraries, and parsed classes. {@link
 * CachePreparation} fills it; children read it, and a confined one cannot do anything else.
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

  /** Where a part lies below the cache that the settings name; empty where that can't be made. */
  static Optional<ChildCache> of(ChildSettings settings, CachePart part) {
    return settings
        .cache()
        .map(Path::toAbsolutePath)
        .filter(ChildCache::isThere)
        .map(all -> new ChildCache(all.resolve(name(settings, part))));
  }

  private static boolean isThere(Path directory) {
    try {
      Path parent = directory.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      if (!Files.isDirectory(directory)) {
        Files.createDirectory(directory, onlyOurs());
      }
      return true;
    } catch (IOException e) {
      return Files.isDirectory(directory); // another process was faster
    }
  }

  /** Unpacked native libraries; each library keeps its versions apart. */
  Path natives() {
    return directory.resolve("natives");
  }

  /** The classes that stages load, parsed. The JVM checks them against the jars. */
  Path classes() {
    return directory.resolve("classes.jsa");
  }

  /** Whether it was filled to the end. */
  boolean isReady() {
    return Files.exists(ready());
  }

  /** Says that it was filled to the end. */
  void setReady() throws IOException {
    Files.createFile(ready());
  }

  /** Says that a child starts from it now. */
  void setUsed() {
    try {
      Files.setLastModifiedTime(ready(), FileTime.from(Instant.now()));
    } catch (IOException e) {
      // one that cannot be written, as in an image, is not tidied up either
    }
  }

  /** When a child last started from it; long ago where none could. */
  Instant used() {
    try {
      return Files.getLastModifiedTime(ready()).toInstant();
    } catch (IOException e) {
      return Instant.EPOCH;
    }
  }

  private Path ready() {
    return directory.resolve("ready");
  }

  private static String name(ChildSettings settings, CachePart part) {
    String installation =
        Stream.concat(
                Stream.of(settings.java().toString()),
                settings.classPath().stream().flatMap(ChildCache::jars))
            .map(ChildCache::identity)
            .collect(joining("\n"));
    byte[] hash = Sha256.start().digest(installation.getBytes(StandardCharsets.UTF_8));
    return "%s-%s"
        .formatted(part, HexFormat.of().formatHex(hash, 0, KEY_BYTES))
        .toLowerCase(Locale.ROOT);
  }

  /** A jar that was built again is another one: the JVM refuses the classes of the old one. */
  private static String identity(String entry) {
    File file = new File(entry);
    return entry + " " + file.lastModified() + " " + file.length();
  }

  /** {@code dir/*} stands for the jars of a directory. */
  private static Stream<String> jars(String entry) {
    if (!entry.endsWith("*")) {
      return Stream.of(entry);
    }
    String[] jars = new File(entry).getAbsoluteFile().getParentFile().list();
    return jars == null
        ? Stream.of(entry)
        : Stream.of(jars).sorted().map(jar -> entry.substring(0, entry.length() - 1) + jar);
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
