package io.greenformers.service.compression;

import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.RequestDocument;
import io.greenformers.service.Tenant;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.dataset.Datasets;
import io.greenformers.service.model.ModelRepository;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Gathers what a stage of a compression is given. */
@Component
class StageInputs {
  private final CompressionRepository compressions;
  private final ModelRepository models;
  private final Datasets datasets;

  StageInputs(CompressionRepository compressions, ModelRepository models, Datasets datasets) {
    this.compressions = compressions;
    this.models = models;
    this.datasets = datasets;
  }

  /** What a compression asks for. */
  CompressionRequest request(String id) {
    return RequestDocument.parseJson(compressions.ofAnyTenant(id).request());
  }

  /**
   * All artifacts so far, by logical name.
   *
   * @throws io.greenformers.service.ServiceException if the request names what was not uploaded
   */
  Map<String, StoredArtifact> of(String id, CompressionRequest request) {
    Compression compression = compressions.ofAnyTenant(id);
    Map<String, StoredArtifact> artifacts = new LinkedHashMap<>(compression.artifacts());
    artifacts.putAll(uploaded(compression.tenant(), request));
    return artifacts;
  }

  /** Says that what a request of a tenant names is used now, before it is looked for. */
  void touch(Tenant tenant, CompressionRequest request, Instant now) {
    models.touch(tenant, request.model(), now);
    request
        .data()
        .ifPresent(data -> data.files().values().forEach(id -> datasets.touch(tenant, id)));
  }

  /** The uploads of a tenant that a request names, by logical name. */
  Map<String, StoredArtifact> uploaded(Tenant tenant, CompressionRequest request) {
    Map<String, StoredArtifact> artifacts =
        new LinkedHashMap<>(models.get(tenant, request.model()).artifacts());
    request
        .data()
        .ifPresent(data ->
            data.files()
                .forEach((field, id) ->
                    artifacts.put("data/" + field, datasets.get(tenant, id, "data." + field))));
    return artifacts;
  }

  /** Blames the compression's model for a child that crashed or hung. */
  void countKilledChild(String id) {
    Compression compression = compressions.ofAnyTenant(id);
    models.countKilledChild(compression.tenant(), compression.modelId());
  }
}
