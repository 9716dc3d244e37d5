package io.greenformers.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of a few megabytes, in memory, that can be filled to the last byte. */
final class SmallDisk implements AutoCloseable {
  private static final byte[] BLOCK = new byte[64 << 10];

  private final Path root;

  private SmallDisk(Path root) {
    this.root = root;
  }

  /**
   * Mounts one, or skips the test where that is not allowed.
   *
   * @param root an empty directory
   */
  static SmallDisk mount(Path root, int megabytes) throws IOException, InterruptedException {
    Process mount =
        new ProcessBuilder(
                "mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", root.toString())
            .redirectErrorStream(true)
            .start();
    String words = new String(mount.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assumeTrue(mount.waitFor() == 0, "no file system can be mounted here: " + words.strip());
    return new SmallDisk(root);
  }

  Path root() {
    return root;
  }

  /**
   * Fills it up.
   *
   * @param free bytes that are left
   */
  void fill(long free) throws IOException {
    try (OutputStream filler = Files.newOutputStream(filler())) {
      long space = Files.getFileStore(root).getUsableSpace() - free;
      for (; space > 0; space -= BLOCK.length) {
        filler.write(BLOCK, 0, (int) Math.min(space, BLOCK.length));
      }
    } catch (IOException e) {
      // the service was faster
      if (!String.valueOf(e.getMessage()).contains("No space left")) {
        throw e;
      }
    }
  }

  /** Gives back what {@link #fill} took. */
  void free() throws IOException {
    Files.deleteIfExists(filler());
  }

  private Path filler() {
    return root.resolve("filler");
  }

  @Override
  public void close() throws IOException, InterruptedException {
    new ProcessBuilder("umount", "--lazy", root.toString()).start().waitFor();
  }
}
