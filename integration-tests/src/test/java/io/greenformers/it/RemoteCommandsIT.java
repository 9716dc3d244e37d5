package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.it.CommandLine.Ended;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The command line, as people use it with a service: all of it about one compression. */
@ExtendWith(SharedService.class)
final class RemoteCommandsIT {
  private static final int GATE_NOT_MET = 3;

  @TempDir static Path directory;

  private static CommandLine line;
  private static Ended compressed;
  private static String id;

  /** A budget that these ranks do not meet, so that everything has something to say. */
  @BeforeAll
  static void compress(RunningService service) throws Exception {
    line = new CommandLine(service.url());
    compressed =
        line.run(
            "compress",
            MainJobIT.BERT.toString(),
            "--out",
            directory.resolve("out").toString(),
            "--size-ratio=0.3",
            "--rank-policy=uniform",
            "--ratio=0.9",
            "--batch-sizes=1",
            "--sequence-lengths=8");
    id = line.run("compressions", "list", "--limit=1").out().split(" ", 2)[0];
  }

  @Test
  void compressWritesEverythingAndItsExitCodeNamesTheGate() {
    assertThat(compressed.code()).as("%s", compressed).isEqualTo(GATE_NOT_MET);
    assertThat(compressed.out()).contains("bytes of all files", "sizeRatio");
    assertThat(compressed.err()).contains("evaluate");
    assertThat(directory.resolve("out"))
        .isDirectoryContaining("glob:**model.onnx")
        .isDirectoryContaining("glob:**report.html")
        .isDirectoryContaining("glob:**manifest.json");
  }

  @Test
  void whatWasCompressedIsListedWatchedAndExplained() throws Exception {
    assertThat(line.run("compressions", "list").out()).contains(id).contains("GATE_FAILED");
    Ended watched = line.run("compressions", "watch", id);
    assertThat(watched.code()).isEqualTo(GATE_NOT_MET);
    assertThat(watched.out()).contains("GATE_FAILED").contains("100 %");
    assertThat(line.run("compressions", "logs", id).out())
        .contains("created 20", "finished 20", "sizeRatio", "  model.onnx");
  }

  @Test
  void whatIsFinalCannotBeCancelledAndIsSaidSo() throws Exception {
    Ended cancelled = line.run("compressions", "cancel", id);
    assertThat(cancelled.code()).isEqualTo(1);
    assertThat(cancelled.err()).contains("compression-final").doesNotContain("Exception");
  }

  @Test
  void modelsAreUploadedAndShown() throws Exception {
    Ended uploaded = line.run("models", "upload", MainJobIT.BERT.toString(), "--quiet");
    assertThat(uploaded.code()).as("%s", uploaded).isZero();
    String model = uploaded.out().lines().findFirst().orElseThrow();
    assertThat(model).startsWith("sha256:");
    assertThat(line.run("models", "show", model).out()).isEqualTo(uploaded.out());
    Ended none = line.run("models", "show", "sha256:ff");
    assertThat(none.code()).isEqualTo(1);
    assertThat(none.err()).contains("model-not-found");
  }
}
