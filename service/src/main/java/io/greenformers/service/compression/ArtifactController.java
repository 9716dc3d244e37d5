package io.greenformers.service.compression;

import io.greenformers.service.Tenant;
import io.greenformers.service.artifact.ArtifactStore;
import io.greenformers.service.artifact.StoredArtifact;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Downloads of what compressions produced. */
@RestController
@Tag(name = "compressions")
final class ArtifactController {
  /**
   * The report brings its styles and charts with it, and needs nothing else; the console shows it.
   */
  private static final String REPORT_POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
          + "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts";

  private final CompressionRepository repository;
  private final ArtifactStore store;

  ArtifactController(CompressionRepository repository, ArtifactStore store) {
    this.repository = repository;
    this.store = store;
  }

  @GetMapping("/v1/compressions/{id}/artifacts/{name}")
  @Operation(
      operationId = "downloadArtifact",
      summary = "Downloads an artifact, whole or in ranges; its ETag is its SHA-256")
  @ApiResponse(
      responseCode = "200",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
              schema = @Schema(type = "string", format = "binary")))
  ResponseEntity<Resource> download(
      Tenant tenant,
      @PathVariable String id,
      @PathVariable String name,
      @RequestHeader(value = HttpHeaders.IF_RANGE, required = false) @Parameter(hidden = true)
          @Nullable String ifRange)
      throws IOException {
    Compression compression = repository.get(tenant, id);
    StoredArtifact artifact =
        Optional.ofNullable(compression.published().get(name))
            .orElseThrow(() -> CompressionException.artifactNotFound(compression));
    Path file = store.file(artifact);
    String etag = "\"" + artifact.sha256() + "\"";
    boolean ranges = ifRange == null || ifRange.equals(etag);
    // Spring cuts ranges out of any resource but this kind
    Resource body =
        ranges
            ? new FileSystemResource(file)
            : new InputStreamResource(() -> Files.newInputStream(file));
    return ResponseEntity.ok()
        .eTag(etag)
        .contentType(type(name))
        .contentLength(artifact.bytes())
        .headers(headers -> protect(headers, name))
        .body(body);
  }

  private static void protect(HttpHeaders headers, String name) {
    boolean isPage = name.endsWith(".html");
    headers.setContentDisposition(
        (isPage ? ContentDisposition.inline() : ContentDisposition.attachment())
            .filename(name, StandardCharsets.UTF_8)
            .build());
    headers.setCacheControl("private, no-cache");
    headers.set("X-Content-Type-Options", "nosniff");
    if (isPage) {
      headers.set("Content-Security-Policy", REPORT_POLICY);
    }
  }

  private static MediaType type(String name) {
    if (name.endsWith(".json")) {
      return MediaType.APPLICATION_JSON;
    }
    return name.endsWith(".html")
        ? new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8)
        : MediaType.APPLICATION_OCTET_STREAM;
  }
}
