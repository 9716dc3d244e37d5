package io.greenformers.service.model;

import io.greenformers.protocol.Sha256;
import io.greenformers.service.Tenant;
import io.greenformers.service.artifact.ArtifactStore;
import io.greenformers.service.artifact.ContentDigest;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.artifact.UploadException;
import io.greenformers.service.artifact.UploadException.Fault;
import io.greenformers.service.limit.TenantQuota;
import io.greenformers.service.model.Model.ModelFile;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** Makes models of uploaded files. Thread-safe. */
@Component
public final class ModelUploads {
  private final ModelRepository models;
  private final ArtifactStore store;
  private final TenantQuota quota;
  private final Clock clock;

  ModelUploads(ModelRepository models, ArtifactStore store, TenantQuota quota, Clock clock) {
    this.models = models;
    this.store = store;
    this.quota = quota;
    this.clock = clock;
  }

  /**
   * What became of an upload.
   *
   * @param isNew whether these files had not been uploaded before
   */
  public record Uploaded(Model model, boolean isNew) {}

  /**
   * Checks the names of files before any of them is read.
   *
   * @return the name of the model among them
   * @throws UploadException unless all names are valid, different, and one is a model's
   */
  static FileName check(List<FileName> names) {
    Set<FileName> different = new HashSet<>(names);
    List<FileName> models = names.stream().filter(FileName::isModel).toList();
    if (different.size() != names.size() || models.size() != 1) {
      throw new UploadException(
          Fault.FILES_INVALID,
          "expected files of different names, one of them ending in .onnx, found "
              + names.stream().map(FileName::value).toList());
    }
    FileName model = models.getFirst();
    if (different.contains(new FileName("model.onnx")) && !model.value().equals("model.onnx")) {
      throw new UploadException(
          Fault.FILES_INVALID, "model.onnx: expected it to be the model, found external data");
    }
    return model;
  }

  /**
   * Stores the files of a form, a model and its external data, and records them.
   *
   * @throws UploadException unless their names are as {@link #check} wants them
   * @throws io.greenformers.service.limit.LimitException if the tenant has no room for them
   */
  public Uploaded add(Tenant tenant, List<Part> parts) {
    List<FileName> names = parts.stream().map(p -> new FileName(p.getSubmittedFileName())).toList();
    FileName model = check(names);
    quota.checkRoom(tenant, parts.stream().mapToLong(Part::getSize).sum());
    Map<FileName, StoredArtifact> stored = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      stored.put(names.get(i), store(parts.get(i)));
    }
    return add(tenant, model, stored);
  }

  private StoredArtifact store(Part part) {
    try (InputStream bytes = part.getInputStream()) {
      return store.put(
          bytes, part.getSize(), ContentDigest.ofHeader(part.getHeader("Content-Digest")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Records files that are in the store. */
  Uploaded add(Tenant tenant, FileName model, Map<FileName, StoredArtifact> stored) {
    List<ModelFile> files = new ArrayList<>();
    stored.forEach((name, artifact) -> {
      if (name.equals(model)) {
        files.addFirst(new ModelFile(Model.MODEL_ARTIFACT, name.value(), artifact));
      } else {
        files.add(new ModelFile("original/" + name.value(), name.value(), artifact));
      }
    });
    Model added = new Model(id(files), files, 0, clock.instant().truncatedTo(ChronoUnit.MICROS));
    boolean isNew = models.add(tenant, added);
    return new Uploaded(models.get(tenant, added.id()), isNew);
  }

  /** A model of one file has the file's digest, so anyone can tell it from the file alone. */
  private static String id(List<ModelFile> files) {
    if (files.size() == 1) {
      return files.getFirst().stored().id();
    }
    TreeMap<String, String> digests = new TreeMap<>();
    files.forEach(f -> digests.put(f.artifact(), f.stored().sha256()));
    MessageDigest digest = Sha256.start();
    digests.forEach((name, sha256) ->
        digest.update((name + "\0" + sha256 + "\n").getBytes(StandardCharsets.UTF_8)));
    return "sha256:" + Sha256.hex(digest);
  }
}
