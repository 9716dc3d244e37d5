package io.greenformers.service.dataset;

import io.greenformers.service.Tenant;
import io.greenformers.service.artifact.ArtifactStore;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.dataset.Datasets.Dataset;
import io.greenformers.service.limit.TenantQuota;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Makes datasets of the files of a form. Thread-safe. */
@Component
public final class DatasetUploads {
  private final ArtifactStore store;
  private final Datasets datasets;
  private final TenantQuota quota;

  DatasetUploads(ArtifactStore store, Datasets datasets, TenantQuota quota) {
    this.store = store;
    this.datasets = datasets;
    this.quota = quota;
  }

  /**
   * Stores a file, and records it under its name.
   *
   * @throws io.greenformers.service.limit.LimitException if the tenant has no room for it
   */
  public Dataset add(Tenant tenant, Part part) {
    quota.checkRoom(tenant, part.getSize());
    try (InputStream bytes = part.getInputStream()) {
      StoredArtifact stored = store.put(bytes, part.getSize(), Optional.empty());
      datasets.add(tenant, stored, Optional.ofNullable(part.getSubmittedFileName()));
      return datasets.find(tenant, stored.id()).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
