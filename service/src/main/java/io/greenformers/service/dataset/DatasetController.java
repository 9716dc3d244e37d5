package io.greenformers.service.dataset;

import io.greenformers.service.artifact.ArtifactStore;
import io.greenformers.service.artifact.ContentDigest;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.dataset.Datasets.Dataset;
import io.greenformers.service.upload.Uploads;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
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

  DatasetController(ArtifactStore store, Uploads resumable, Datasets datasets) {
    this.store = store;
    this.resumable = resumable;
    this.datasets = datasets;
  }

  @PostMapping(consumes = BINARY)
  @Operation(
      operationId = "uploadDataset",
      summary = "Uploads texts (one per line, CSV, TSV or JSONL), or a tokenizer.json",
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
      @Parameter(hidden = true) InputStream body,
      @RequestHeader(value = "Content-Length", defaultValue = "-1") @Parameter(hidden = true)
          long length,
      @RequestHeader(value = "Content-Digest", required = false)
          @Parameter(description = "RFC 9530; a sha-256 is checked")
          @Nullable String digest) {
    return answer(store.put(body, length, ContentDigest.ofHeader(digest)));
  }

  /** A finished upload as a dataset, by its id. */
  record UploadedFile(String upload) {}

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  @Operation(operationId = "createDataset", summary = "Makes a dataset of a finished upload")
  ResponseEntity<Dataset> create(
      @org.springframework.web.bind.annotation.RequestBody UploadedFile uploaded) {
    return answer(resumable.artifact(uploaded.upload()));
  }

  private ResponseEntity<Dataset> answer(StoredArtifact stored) {
    boolean isNew = datasets.add(stored);
    return ResponseEntity.status(isNew ? HttpStatus.CREATED : HttpStatus.OK)
        .body(datasets.find(stored.id()).orElseThrow());
  }
}
