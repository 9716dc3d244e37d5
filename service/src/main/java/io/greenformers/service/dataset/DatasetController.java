package io.greenformers.service.dataset;

import io.greenformers.service.Tenant;
import io.greenformers.service.artifact.ArtifactStore;
import io.greenformers.service.artifact.ContentDigest;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.dataset.Datasets.Dataset;
import io.greenformers.service.limit.TenantQuota;
import io.greenformers.service.upload.Uploads;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/datasets}. */
@RestController
@RequestMapping("/v1/datasets")
@Tag(name = "datasets")
final class DatasetController {
  private static final String BINARY = MediaType.APPLICATION_OCTET_STREAM_VALUE;

  private final ArtifactStore store;
  private final Uploads resumable;
  private final Datasets datasets;
  private final TenantQuota quota;

  DatasetController(ArtifactStore store, Uploads resumable, Datasets datasets, TenantQuota quota) {
    this.store = store;
    this.resumable = resumable;
    this.datasets = datasets;
    this.quota = quota;
  }

  @PostMapping(consumes = BINARY)
  @Operation(
      operationId = "uploadDataset",
      summary =
          "Uploads texts (one per line, CSV, TSV, JSONL, Parquet), ready tensors (.npz, safetensors), or a tokenizer.json",
      requestBody =
          @RequestBody(
              required = true,
              content =
                  @Content(
                      mediaType = BINARY,
                      schema = @Schema(type = "string", format = "binary"))))
  @ApiResponse(responseCode = "201", description = "Uploaded")
  @ApiResponse(responseCode = "200", description = "The same file had been uploaded before")
  ResponseEntity<Dataset> upload(
      Tenant tenant,
      @Parameter(hidden = true) InputStream body,
      @RequestHeader(value = "Content-Length", defaultValue = "-1") @Parameter(hidden = true)
          long length,
      @RequestHeader(value = "Content-Digest", required = false)
          @Parameter(description = "RFC 9530; a sha-256 is checked")
          @Nullable String digest) {
    quota.checkRoom(tenant, length);
    return answer(
        tenant, store.put(body, length, ContentDigest.ofHeader(digest)), Optional.empty());
  }

  /**
   * A finished upload as a dataset.
   *
   * @param upload its id
   * @param name for people
   */
  record UploadedFile(String upload, Optional<String> name) {}

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  @Operation(operationId = "createDataset", summary = "Makes a dataset of a finished upload")
  ResponseEntity<Dataset> create(
      Tenant tenant, @org.springframework.web.bind.annotation.RequestBody UploadedFile uploaded) {
    return answer(tenant, resumable.artifact(tenant, uploaded.upload()), uploaded.name());
  }

  @GetMapping("/{id}")
  @Operation(operationId = "getDataset", summary = "Describes an uploaded dataset")
  Dataset get(Tenant tenant, @PathVariable String id) {
    return datasets.find(tenant, id).orElseThrow(DatasetException::notFound);
  }

  private ResponseEntity<Dataset> answer(
      Tenant tenant, StoredArtifact stored, Optional<String> name) {
    boolean isNew = datasets.add(tenant, stored, name);
    return ResponseEntity.status(isNew ? HttpStatus.CREATED : HttpStatus.OK)
        .header(HttpHeaders.CONTENT_LOCATION, "/v1/datasets/" + stored.id())
        .body(datasets.find(tenant, stored.id()).orElseThrow());
  }
}
