package io.greenformers.service.compression;

import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.service.Tenant;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/compressions}. */
@RestController
@RequestMapping("/v1/compressions")
@Tag(name = "compressions")
final class CompressionController {
  private static final int LARGEST_REQUEST = 1 << 20;
  private static final int LONGEST_LIST = 200;

  private final Compressions compressions;
  private final CompressionRepository repository;

  CompressionController(Compressions compressions, CompressionRepository repository) {
    this.compressions = compressions;
    this.repository = repository;
  }

  record CompressionList(List<CompressionView> compressions) {}

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  @Operation(
      operationId = "createCompression",
      summary = "Creates a compression of an uploaded model",
      requestBody =
          @RequestBody(
              required = true,
              content =
                  @Content(
                      mediaType = MediaType.APPLICATION_JSON_VALUE,
                      schema = @Schema(implementation = CompressionRequest.class))))
  @ApiResponse(responseCode = "202", description = "Created; Location is where to follow it")
  ResponseEntity<CompressionView> create(
      Tenant tenant,
      @Parameter(hidden = true) InputStream body,
      @RequestHeader(value = "Idempotency-Key", required = false)
          @Parameter(description = "The same key and request give the same compression")
          @Nullable String key)
      throws IOException {
    byte[] document = body.readNBytes(LARGEST_REQUEST + 1);
    if (document.length > LARGEST_REQUEST) {
      throw CompressionException.requestTooLarge(LARGEST_REQUEST);
    }
    Optional<String> idempotencyKey = Optional.ofNullable(key);
    if (idempotencyKey.filter(k -> !k.matches("[\\x20-\\x7e]{1,255}")).isPresent()) {
      throw CompressionException.keyInvalid();
    }
    Compression compression =
        compressions.create(tenant, new String(document, StandardCharsets.UTF_8), idempotencyKey);
    return ResponseEntity.accepted()
        .location(URI.create("/v1/compressions/" + compression.id()))
        .body(CompressionView.of(compression));
  }

  @GetMapping
  @Operation(operationId = "listCompressions", summary = "Lists compressions, newest first")
  CompressionList list(Tenant tenant, @RequestParam(defaultValue = "20") int limit) {
    return new CompressionList(
        repository.newest(tenant, Math.clamp(limit, 1, LONGEST_LIST)).stream()
            .map(CompressionView::of)
            .toList());
  }

  @GetMapping("/{id}")
  @Operation(operationId = "getCompression", summary = "Describes a compression as it is now")
  CompressionView get(Tenant tenant, @PathVariable String id) {
    return CompressionView.of(repository.get(tenant, id));
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(operationId = "cancelCompression", summary = "Cancels a compression")
  CompressionView cancel(Tenant tenant, @PathVariable String id) {
    return CompressionView.of(compressions.cancel(tenant, id));
  }
}
