package io.greenformers.engine;

import io.greenformers.engine.report.Documents;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.protocol.Sha256;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** Where a result comes from: machine, versions, seed, and the hashes of every file. */
final class Provenance {
  private Provenance() {}

  static Map<String, Object> of(StageRequest request) {
    Map<String, Object> provenance = new LinkedHashMap<>();
    provenance.put("model", request.request().model());
    provenance.put("greenformers", version());
    provenance.put("cpu", Machine.processor());
    provenance.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    provenance.put("java", System.getProperty("java.vm.version"));
    provenance.put("threads", Runtime.getRuntime().availableProcessors());
    provenance.put("onnxruntime", ModelSession.runtimeVersion());
    provenance.put("seed", request.request().seed());
    return provenance;
  }

  private static String version() {
    return Optional.ofNullable(Provenance.class.getPackage().getImplementationVersion())
        .orElse("not packaged");
  }

  /**
   * {@code manifest.json}: enough to do it again, the ranks included, which may depend on timings.
   */
  static Map<String, Object> manifest(StageRequest request, Documents.Factorization factorization) {
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("schemaVersion", 1);
    manifest.put("request", new JsonMapper().readTree(RequestDocument.toJson(request.request())));
    Map<String, String> hashes = new TreeMap<>();
    request.artifacts().forEach((name, path) -> hashes.put(name, sha256(path)));
    manifest.put("sha256", hashes);
    Map<String, Integer> ranks = new TreeMap<>();
    factorization.sites().stream()
        .filter(site -> site.rank() > 0)
        .forEach(site -> ranks.put(site.name(), site.rank()));
    manifest.put("ranks", ranks);
    manifest.put("provenance", of(request));
    return manifest;
  }

  private static String sha256(Path file) {
    try {
      return Sha256.of(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
