package io.greenformers.cli.options;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.CompressionRequest.Solver;
import io.greenformers.protocol.request.Examples;
import io.greenformers.protocol.request.Metric;
import io.greenformers.protocol.request.Storage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

final class RequestOptionsTest {
  @TempDir Path directory;

  @Command
  private static final class Options {
    @Mixin RequestOptions request = new RequestOptions();
  }

  @Test
  void everyFieldHasAnOption() throws Exception {
    CompressionRequest request =
        parse(
            "--method=auto --projected-length=64"
                + " --accuracy-drop=0.01 --solver=activation-aware --no-never-slower --storage=int8"
                + " --train=train.tsv --evaluation=dev.tsv --calibration=c.csv"
                + " --tokenizer=t.json --format=tsv --task=text-classification --max-length=64"
                + " --text-column=a --text-pair-column=b --label-column=c"
                + " --calibration-samples=7 --confidence=0.9 --metric=macro-f1");
    assertThat(request.method()).isEqualTo(CompressionRequest.Method.AUTO);
    assertThat(request.linformer().projectedLength()).isEqualTo(64);
    assertThat(request.budget().accuracyDrop()).contains(0.01);
    assertThat(request.solver()).isEqualTo(Solver.ACTIVATION_AWARE);
    assertThat(request.ranks().neverSlower()).isFalse();
    assertThat(request.storage().dense()).isEqualTo(Storage.Dense.INT8);
    assertThat(request.calibration().samples()).isEqualTo(7);
    assertThat(request.evaluation().confidence()).isEqualTo(0.9);
    assertThat(request.metric()).contains(Metric.MACRO_F1);
    Examples data = request.data().orElseThrow();
    assertThat(data.files().values()).containsExactly("train.tsv", "dev.tsv", "c.csv", "t.json");
    assertThat(data.format()).isEqualTo(Examples.Format.TSV);
    assertThat(data.maxLength()).isEqualTo(64);
    assertThat(data.columns().text()).contains("a");
    assertThat(data.columns().textPair()).contains("b");
    assertThat(data.columns().label()).contains("c");
  }

  @Test
  void neverSlowerIsTheDefaultAndCanBeSaid() throws Exception {
    assertThat(parse("--size-ratio=0.5").ranks().neverSlower()).isTrue();
    assertThat(parse("--size-ratio=0.5 --never-slower").ranks().neverSlower()).isTrue();
  }

  @Test
  void readyTensorsNeedNoTokenizer() throws Exception {
    Examples data =
        parse("--size-ratio=0.5 --train=a.npz --evaluation=b.npz --label-column=y")
            .data()
            .orElseThrow();
    assertThat(data.areTensors()).isTrue();
    assertThat(data.files()).containsEntry("evaluation", "b.npz").doesNotContainKey("tokenizer");
  }

  @Test
  void textsIsAnotherNameOfEvaluation() throws Exception {
    Examples data = parse("--size-ratio=0.5 --texts=a.txt --tokenizer=t.json").data().orElseThrow();
    assertThat(data.evaluation()).contains("a.txt");
    assertThat(data.canBeMeasured()).isFalse();
  }

  @Test
  void optionsWinOverTheFileAndItsPathsAreRelativeToIt() throws Exception {
    Path spec =
        Files.writeString(
            directory.resolve("spec.yaml"),
            """
            budget: {sizeRatio: 0.5}
            data: {train: train.csv, evaluation: dev.csv, tokenizer: t.json}
            """);
    Examples data = parse("--spec=" + spec + " --evaluation=other.csv").data().orElseThrow();
    assertThat(data.train()).contains(directory.resolve("train.csv").toString());
    assertThat(data.evaluation()).contains("other.csv");
  }

  private static CompressionRequest parse(String options) throws Exception {
    Options parsed = new Options();
    new CommandLine(parsed).parseArgs(options.split(" "));
    return parsed.request.request(Optional.of(Path.of("model.onnx")));
  }
}
