package io.greenformers.engine.runtime;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one way to ONNX Runtime's environment.
 *
 * <p>Its jar unpacks 28 MB of native libraries into every process. Where the parent names a
 * directory ({@code -Dgreenformers.engine.natives}), they are unpacked there once, for all children
 * that have the same jar.
 */
final class OnnxRuntime {
  private static final String DIRECTORY = "greenformers.engine.natives";
  private static final String THEIR_DIRECTORY = "onnxruntime.native.path";

  static {
    @Nullable String natives = System.getProperty(DIRECTORY);
    if (natives != null && System.getProperty(THEIR_DIRECTORY) == null) {
      unpack(Path.of(natives));
    }
  }

  private OnnxRuntime() {}

  static OrtEnvironment environment() {
    return OrtEnvironment.getEnvironment();
  }

  /** Where this fails, ONNX Runtime unpacks for itself. */
  private static void unpack(Path natives) {
    List<String> names =
        List.of(System.mapLibraryName("onnxruntime"), System.mapLibraryName("onnxruntime4j_jni"));
    try {
      @Nullable Path directory = null;
      for (String name : names) {
        URL library = OrtEnvironment.class.getResource("native/" + platform() + "/" + name);
        if (library == null || !(library.openConnection() instanceof JarURLConnection jar)) {
          return;
        }
        directory = natives.resolve(key(jar));
        unpack(jar, directory.resolve(name));
      }
      System.setProperty(THEIR_DIRECTORY, String.valueOf(directory));
    } catch (IOException e) {
      System.err.println("ONNX Runtime's libraries cannot be shared: " + e);
    }
  }

  /** The file appears whole or not at all: another child may do the same now. */
  private static void unpack(JarURLConnection library, Path file) throws IOException {
    if (Files.exists(file) && Files.size(file) == library.getJarEntry().getSize()) {
      return;
    }
    Path partial =
        Files.createTempFile(
            Files.createDirectories(Objects.requireNonNull(file.getParent())), "unpacking-", "");
    try (InputStream in = library.getInputStream()) {
      Files.copy(in, partial, StandardCopyOption.REPLACE_EXISTING);
      Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /** The jar's name has the version; the size of each file is checked. */
  private static String key(JarURLConnection library) {
    String jar = Path.of(library.getJarFileURL().getPath()).getFileName().toString();
    return "%s-%s".formatted(jar.replaceFirst("\\.jar$", ""), platform());
  }

  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return (system.contains("win") ? "win" : system.contains("mac") ? "osx" : "linux")
        + (machine.equals("amd64") || machine.equals("x86_64") ? "-x64" : "-" + machine);
  }
}
