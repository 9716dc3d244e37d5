package io.greenformers.cli.options;

import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.InvalidRequestException;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The fields of a request as options; they win over the file that {@code --spec} names. */
public final class RequestOptions {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Path BUDGET_FILE = Path.of("greenformers.yaml");

  @Option(names = "--spec", paramLabel = "FILE", description = "The request, as YAML or JSON.")
  @Nullable Path spec;

  @Mixin BudgetOptions budget = new BudgetOptions();

  @Option(
      names = "--method",
      description = {
        "low-rank (default): of the weights; linformer: of self-attention, for long sequences;",
        "auto: both, attention where it is faster at the longest of --sequence-lengths."
      })
  @Nullable String method;

  @Option(
      names = "--projected-length",
      description =
          "Of linformer: how many places keys and values are projected to (default: 128).")
  @Nullable Integer projectedLength;

  @Option(
      names = "--solver",
      description = "auto, svd, activation-aware, fisher, snmf, nmf or random (default: auto).")
  @Nullable String solver;

  @Option(
      names = "--rank-policy",
      description = "uniform, energy, fixed, manual, budget or full (default: budget).")
  @Nullable String rankPolicy;

  @Option(names = "--ratio", description = "For uniform: share of each site's weights kept.")
  @Nullable Double ratio;

  @Option(names = "--retained", description = "For energy: least share of the energy kept.")
  @Nullable Double retained;

  @Option(names = "--rank", description = "For fixed: the rank of every site.")
  @Nullable Integer rank;

  @Option(
      names = "--site-rank",
      paramLabel = "SITE=RANK",
      description = "For manual: the rank of a site; all others are kept.")
  Map<String, Integer> manual = new LinkedHashMap<>();

  @Option(names = "--multiple-of", description = "Align ranks to this (default: 8).")
  @Nullable Integer multipleOf;

  @Option(
      names = "--never-slower",
      negatable = true,
      description = "Keep sites that factors do not make faster, unless for size (default).")
  @Nullable Boolean neverSlower;

  @Option(
      names = "--operators",
      description =
          "Of the compressed model: onnxruntime (its fused ones too, fastest), onnx (standard only).")
  @Nullable String operators;

  @Option(
      names = "--storage",
      description =
          "Of what stays dense, and of factors: keep, fp16, int8, int8-dynamic (fastest).")
  @Nullable String storage;

  @Option(names = "--kinds", split = ",", description = "linear, conv, embedding (default: all).")
  List<String> kinds = new ArrayList<>();

  @Option(names = "--include", description = "Site name pattern that may be factorized.")
  List<String> include = new ArrayList<>();

  @Option(names = "--exclude", description = "Site name pattern that is kept.")
  List<String> exclude = new ArrayList<>();

  @Mixin EvaluationOptions evaluation = new EvaluationOptions();

  @Mixin DataOptions data = new DataOptions();

  @Mixin RecoveryOptions recovery = new RecoveryOptions();

  @Option(names = "--seed", description = "Of every random choice (default: 0).")
  @Nullable Long seed;

  /**
   * The request that file and options make together.
   *
   * @param model wins over the file's; one of them is needed
   * @throws InvalidRequestException if a value cannot be used
   */
  public CompressionRequest request(Optional<Path> model) throws IOException {
    Optional<Path> from = Optional.ofNullable(spec).or(RequestOptions::found);
    ObjectNode document = from.isPresent() ? read(from.get()) : JSON.createObjectNode();
    model.ifPresent(given -> document.put("model", given.toString()));
    if (!document.has("model")) {
      throw new InvalidRequestException(
          "model", "an ONNX file, as an argument or in the file", "nothing");
    }
    put(document, "seed", seed);
    put(document, "method", method);
    put(below(document, "linformer"), "projectedLength", projectedLength);
    put(document, "solver", solver);
    put(document, "operators", operators);
    budget.put(document);
    ObjectNode ranks = below(document, "ranks");
    put(ranks, "policy", rankPolicy);
    put(ranks, "ratio", ratio);
    put(ranks, "retained", retained);
    put(ranks, "rank", rank);
    put(ranks, "manual", manual.isEmpty() ? null : manual);
    put(ranks, "multipleOf", multipleOf);
    put(ranks, "neverSlower", neverSlower);
    put(ranks, "kinds", kinds);
    put(ranks, "include", include);
    put(ranks, "exclude", exclude);
    put(below(document, "storage"), "dense", storage);
    data.put(document, from.orElse(null));
    recovery.put(document);
    evaluation.put(document);
    return RequestDocument.parse(document);
  }

  /** The file that needs no option. */
  private static Optional<Path> found() {
    return Optional.of(BUDGET_FILE).filter(Files::isRegularFile);
  }

  private static ObjectNode read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new InvalidRequestException(file.toString(), "a file with a request", "none there");
    }
    JsonNode document = new YAMLMapper().readTree(Files.readString(file));
    if (document instanceof ObjectNode object) {
      if (object.has("model")) {
        object.put("model", file.resolveSibling(object.get("model").asString()).toString());
      }
      return object;
    }
    throw new InvalidRequestException(file.toString(), "an object", document.getNodeType());
  }

  public static ObjectNode below(ObjectNode document, String field) {
    return document.get(field) instanceof ObjectNode object ? object : document.putObject(field);
  }

  public static void put(ObjectNode document, String field, @Nullable Object value) {
    if (value != null) {
      document.set(field, JSON.valueToTree(value));
    }
  }

  public static void put(ObjectNode document, String field, List<?> values) {
    if (!values.isEmpty()) {
      document.set(field, (ArrayNode) JSON.valueToTree(values));
    }
  }
}
