package io.greenformers.protocol.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.greenformers.protocol.request.Examples.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page of datasets has a row for every task, with the metrics that it is measured by. */
final class DocumentedTasksTest {
  @ParameterizedTest
  @EnumSource
  void thePageNamesTheTaskAndItsMetricsTheUsualOneFirst(Task task) throws Exception {
    String name = Task.class.getField(task.name()).getAnnotation(JsonProperty.class).value();
    List<String> rows =
        Files.readAllLines(Path.of("../docs/datasets.md")).stream()
            .filter(line -> line.startsWith("| `") && line.contains("`" + name + "`"))
            .filter(line -> !line.startsWith("| `" + name + "` | one text per line"))
            .toList();
    String metrics =
        String.join(", ", Metric.of(task).stream().map(metric -> "`" + metric + "`").toList());
    assertThat(rows)
        .singleElement()
        .asString()
        .endsWith("| %s |".formatted(metrics.isEmpty() ? "only fidelity" : metrics));
  }
}
