package io.greenformers.cli.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.greenformers.client.CompressionRequest;
import io.greenformers.client.DenseStorage;
import io.greenformers.client.Examples;
import io.greenformers.client.Metric;
import io.greenformers.client.Operators;
import io.greenformers.client.Ranks;
import io.greenformers.client.Recovery;
import io.greenformers.client.Solver;
import io.greenformers.protocol.request.RequestDocument;
import io.greenformers.protocol.request.SiteKind;
import io.greenformers.protocol.request.Storage;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the SDK writes is what services read, and nothing that they read is missing. */
final class SdkRequestTest {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void everyFieldCanBeSetAndIsRead() {
    Set<String> settable = new TreeSet<>();
    for (Ranks policy :
        List.of(
            Ranks.ofBudget(),
            Ranks.uniform(0.4),
            Ranks.energy(0.9),
            Ranks.fixed(8),
            Ranks.manual(Map.of("site", 4)))) {
      CompressionRequest request = request(policy);
      RequestDocument.parseJson(request.json());
      settable.addAll(names(JSON.readTree(request.json()), ""));
    }
    assertThat(settable)
        .isEqualTo(fields(io.greenformers.protocol.request.CompressionRequest.class, ""));
  }

  private static CompressionRequest request(Ranks policy) {
    return CompressionRequest.of("sha256:aa")
        .method(CompressionRequest.Method.AUTO)
        .projectedLength(64)
        .sizeRatio(0.5)
        .latencyRatio(0.8)
        .accuracyDrop(0.02)
        .solver(Solver.FISHER)
        .ranks(
            policy
                .multipleOf(4)
                .neverSlower(false)
                .kinds(Ranks.Kind.LINEAR)
                .include("a*")
                .exclude("b*"))
        .data(
            Examples.texts("sha256:t")
                .train("sha256:b")
                .evaluation("sha256:c")
                .calibration("sha256:d")
                .format(Examples.Format.TSV)
                .task(Examples.Task.TEXT_CLASSIFICATION)
                .maxLength(64)
                .textColumn("a")
                .textPairColumn("b")
                .labelColumn("c"))
        .calibrationSamples(7)
        .recovery(recovery())
        .denseStorage(DenseStorage.INT8)
        .operators(Operators.ONNX)
        .latencyGrid(List.of(2), List.of(16))
        .confidence(0.9)
        .metric(Metric.MACRO_F1)
        .seed(3)
        .build();
  }

  private static Recovery recovery() {
    return Recovery.epochs(2)
        .learningRate(3e-4)
        .warmup(0.2)
        .schedule(Recovery.Schedule.COSINE)
        .weightDecay(0.1)
        .batchSize(16)
        .accumulation(2)
        .distillation(0.6, 0.1)
        .temperature(3)
        .labels(0.2)
        .weights(Recovery.Weights.FACTORS)
        .include("c*")
        .patience(2)
        .precision(Recovery.Precision.FP32)
        .device(Recovery.Device.CPU)
        .processes(2)
        .maxDuration(Duration.ofMinutes(10));
  }

  @Test
  void processesMayBeOnePerGpu() {
    String json =
        CompressionRequest.of("m")
            .sizeRatio(0.5)
            .data(Examples.tensors().train("sha256:a"))
            .recovery(Recovery.epochs(1).processPerGpu())
            .build()
            .json();
    assertThat(RequestDocument.parseJson(json).recovery().orElseThrow().fixedProcesses()).isEmpty();
  }

  static Stream<Arguments> constants() {
    return Stream.of(
        arguments(
            CompressionRequest.Method.values(),
            io.greenformers.protocol.request.CompressionRequest.Method.values()),
        arguments(
            Solver.values(), io.greenformers.protocol.request.CompressionRequest.Solver.values()),
        arguments(
            Operators.values(),
            io.greenformers.protocol.request.CompressionRequest.Operators.values()),
        arguments(Ranks.Kind.values(), SiteKind.values()),
        arguments(DenseStorage.values(), Storage.Dense.values()),
        arguments(Metric.values(), io.greenformers.protocol.request.Metric.values()),
        arguments(
            Examples.Format.values(), io.greenformers.protocol.request.Examples.Format.values()),
        arguments(Examples.Task.values(), io.greenformers.protocol.request.Examples.Task.values()),
        arguments(
            Recovery.Schedule.values(),
            io.greenformers.protocol.request.Recovery.Schedule.values()),
        arguments(
            Recovery.Weights.values(), io.greenformers.protocol.request.Recovery.Weights.values()),
        arguments(
            Recovery.Precision.values(),
            io.greenformers.protocol.request.Recovery.Precision.values()),
        arguments(
            Recovery.Device.values(), io.greenformers.protocol.request.Recovery.Device.values()));
  }

  @ParameterizedTest
  @MethodSource("constants")
  void constantsAreWrittenAsTheyAreRead(Enum<?>[] written, Enum<?>[] read) {
    assertThat(
            Stream.of(written)
                .map(constant -> CompressionRequest.of("m").set("it", constant).build().json())
                .map(json -> JSON.readTree(json).path("it")))
        .containsExactlyElementsOf(
            Stream.of(read).map(constant -> JSON.<JsonNode>valueToTree(constant)).toList());
  }

  private static Set<String> names(JsonNode document, String above) {
    return document
        .propertyStream()
        .flatMap(field -> {
          String name = above + field.getKey();
          // the names below are those of sites
          boolean isLeaf = !field.getValue().isObject() || name.equals("ranks.manual");
          return isLeaf ? Stream.of(name) : names(field.getValue(), name + ".").stream();
        })
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> fields(Class<?> record, String above) {
    return Stream.of(record.getRecordComponents())
        .flatMap(component -> {
          String name = above + component.getName();
          Class<?> type = type(component);
          return type.isRecord() ? fields(type, name + ".").stream() : Stream.of(name);
        })
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Of what is optional, the type of what may be there. */
  private static Class<?> type(RecordComponent component) {
    Type type = component.getGenericType();
    return type instanceof ParameterizedType optional
            && optional.getActualTypeArguments()[0] instanceof Class<?> there
            && component.getType().equals(Optional.class)
        ? there
        : component.getType();
  }
}
