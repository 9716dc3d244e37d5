package io.greenformers.service.model;

import io.greenformers.service.Tenant;
import io.greenformers.service.artifact.ArtifactStore;
import io.greenformers.service.artifact.ContentDigest;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.artifact.UploadException;
import io.greenformers.service.artifact.UploadException.Fault;
import io.greenformers.service.limit.TenantQuota;
import io.greenformers.service.model.ModelUploads.Uploaded;
import io.greenformers.service.upload.FormFiles;
import io.greenformers.service.upload.Uploads;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartHttpServletRequest;

/** {@code /v1/models}. */
@RestController
@RequestMapping("/v1/models")
@Tag(name = "models")
final class ModelController {
  private static final String BINARY = MediaType.APPLICATION_OCTET_STREAM_VALUE;

  private final ArtifactStore store;
  private final ModelUploads uploads;
  private final Uploads resumable;
  private final ModelRepository models;
  private final ModelInspections inspections;
  private final TenantQuota quota;

  ModelController(
      ArtifactStore store,
      ModelUploads uploads,
      Uploads resumable,
      ModelRepository models,
      ModelInspections inspections,
      TenantQuota quota) {
    this.quota = quota;
    this.store = store;
    this.uploads = uploads;
    this.resumable = resumable;
    this.models = models;
    this.inspections = inspections;
  }

  record ModelView(String id, long bytes, List<FileView> files, Instant createdAt) {
    static ModelView of(Model model) {
      return new ModelView(
          model.id(),
          model.bytes(),
          model.files().stream()
              .map(f -> new FileView(f.name(), f.stored().bytes(), f.stored().sha256()))
              .toList(),
          model.createdAt());
    }
  }

  record FileView(String name, long bytes, String sha256) {}

  @PostMapping(consumes = BINARY)
  @Operation(
      operationId = "uploadModel",
      summary = "Uploads a model: one file, or as multipart/form-data with its external data",
      requestBody =
          @RequestBody(
              required = true,
              content =
                  @Content(
                      mediaType = BINARY,
                      schema = @Schema(type = "string", format = "binary"))))
  @ApiResponse(responseCode = "201", description = "Uploaded")
  @ApiResponse(responseCode = "200", description = "The same files had been uploaded before")
  ResponseEntity<ModelView> upload(
      Tenant tenant,
      @Parameter(hidden = true) InputStream body,
      @RequestHeader(value = "Content-Length", defaultValue = "-1") @Parameter(hidden = true)
          long length,
      @RequestHeader(value = "Content-Digest", required = false)
          @Parameter(description = "RFC 9530; a sha-256 is checked")
          @Nullable String digest) {
    FileName name = new FileName("model.onnx");
    quota.checkRoom(tenant, length);
    StoredArtifact stored = store.put(body, length, ContentDigest.ofHeader(digest));
    return answer(uploads.add(tenant, name, Map.of(name, stored)));
  }

  @PostMapping(consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
  @Operation(operationId = "uploadModelFiles", summary = "Uploads a model and its external data")
  ResponseEntity<ModelView> uploadFiles(
      Tenant tenant,
      @Parameter(hidden = true) MultipartHttpServletRequest request,
      @RequestHeader(value = "Content-Digest", required = false) @Parameter(hidden = true)
          @Nullable String digest) {
    if (digest != null) {
      throw new UploadException(
          Fault.DIGEST_INVALID,
          "Content-Digest: expected none on multipart/form-data; give it on the parts");
    }
    return answer(uploads.add(tenant, FormFiles.of(request)));
  }

  /**
   * Finished uploads as a model.
   *
   * @param files ids of uploads, by the name that the model uses for each
   */
  record UploadedFiles(Map<String, String> files) {
    UploadedFiles {
      files = files == null ? Map.of() : new LinkedHashMap<>(files);
    }
  }

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  @Operation(
      operationId = "createModel",
      summary = "Makes a model of finished resumable uploads: its own file and its external data")
  ResponseEntity<ModelView> create(
      Tenant tenant, @org.springframework.web.bind.annotation.RequestBody UploadedFiles uploaded) {
    FileName model =
        ModelUploads.check(uploaded.files().keySet().stream().map(FileName::new).toList());
    Map<FileName, StoredArtifact> stored = new LinkedHashMap<>();
    uploaded
        .files()
        .forEach((name, id) -> stored.put(new FileName(name), resumable.artifact(tenant, id)));
    return answer(uploads.add(tenant, model, stored));
  }

  @GetMapping("/{id}")
  @Operation(operationId = "getModel", summary = "Describes an uploaded model")
  ModelView get(Tenant tenant, @PathVariable String id) {
    return ModelView.of(models.get(tenant, id));
  }

  @GetMapping(path = "/{id}/inspection", produces = MediaType.APPLICATION_JSON_VALUE)
  @Operation(
      operationId = "inspectModel",
      summary = "Validates a model and lists its sites; 422 says why it is refused")
  ResponseEntity<Resource> inspection(Tenant tenant, @PathVariable String id)
      throws InterruptedException {
    return document(inspections.inspection(tenant, models.get(tenant, id)));
  }

  @GetMapping(path = "/{id}/prediction", produces = MediaType.APPLICATION_JSON_VALUE)
  @Operation(
      operationId = "predictModel",
      summary =
          "Says from the spectra of a model's weights which sizes are in reach; the first time it "
              + "reads all of them")
  ResponseEntity<Resource> prediction(Tenant tenant, @PathVariable String id)
      throws InterruptedException {
    return document(inspections.prediction(tenant, models.get(tenant, id)));
  }

  private static ResponseEntity<Resource> document(Path file) {
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .body(new FileSystemResource(file));
  }

  private static ResponseEntity<ModelView> answer(Uploaded uploaded) {
    ModelView view = ModelView.of(uploaded.model());
    String place = "/v1/models/" + view.id();
    return uploaded.isNew()
        ? ResponseEntity.created(URI.create(place)).body(view)
        : ResponseEntity.ok().header(HttpHeaders.CONTENT_LOCATION, place).body(view);
  }
}
