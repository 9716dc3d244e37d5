package io.greenformers.deployment;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The chart with values of ours as its defaults, in a copy: so that it is linted with them as well.
 */
final class Chart {
  static final Path SOURCE = Path.of("../helm/greenformers");
  static final String RELEASE = "test";
  static final String NAMESPACE = "models";

  /** The library's own is older than what the chart needs. */
  private static final String KUBERNETES = "1.34.0";

  static final YAMLMapper YAML = new YAMLMapper();

  private final Path directory;

  private Chart(Path directory) {
    this.directory = directory;
  }

  /**
   * A copy below a directory.
   *
   * @param values YAML that is laid over the chart's own values
   */
  static Chart with(Path directory, String values) throws IOException {
    Path copy = directory.resolve("greenformers");
    try (Stream<Path> files = Files.walk(SOURCE)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(SOURCE.relativize(file).toString()));
      }
    }
    withoutHooks(copy.resolve("templates"));
    ObjectNode all = (ObjectNode) YAML.readTree(copy.resolve("values.yaml").toFile());
    lay((ObjectNode) YAML.readTree(values), all);
    YAML.writeValue(copy.resolve("values.yaml").toFile(), all);
    return new Chart(copy);
  }

  /** One of the value sets of {@code ci/}. */
  static Chart of(Path directory, String set) throws IOException {
    return with(directory, Files.readString(SOURCE.resolve("ci").resolve(set + ".yaml")));
  }

  /** The library leaves hooks out, which are objects like all others. */
  private static void withoutHooks(Path templates) throws IOException {
    try (Stream<Path> files = Files.walk(templates)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
        String text = Files.readString(file);
        Files.writeString(file, text.replaceAll("(?m)^ +helm\\.sh/hook.*\\R", ""));
      }
    }
  }

  private static void lay(ObjectNode over, ObjectNode values) {
    over.forEachEntry((key, value) -> {
      if (value instanceof ObjectNode object && values.get(key) instanceof ObjectNode below) {
        lay(object, below);
      } else {
        values.set(key, value);
      }
    });
  }

  LintResult lint() {
    return new Helm(directory).lint().strict().call();
  }

  /**
   * All objects.
   *
   * @throws RuntimeException if values are refused, with Helm's message
   */
  List<Manifest> render() {
    String yaml =
        new Helm(directory)
            .template()
            .withName(RELEASE)
            .withNamespace(NAMESPACE)
            .withKubeVersion(KUBERNETES)
            .call();
    return Stream.of(yaml.split("(?m)^---\\s*$"))
        .map(YAML::readTree)
        .filter(JsonNode::isObject)
        .map(Manifest::new)
        .toList();
  }
}
