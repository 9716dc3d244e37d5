package io.greenformers.service.access;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/keys}: for operators, the keys of all tenants. */
@RestController
@RequestMapping("/v1/keys")
@Tag(name = "operation")
final class KeyController {
  private final ApiKeys keys;

  KeyController(ApiKeys keys) {
    this.keys = keys;
  }

  /** What is asked for. */
  @Schema(name = "KeyRequest")
  record Wanted(
      @Nullable String tenant,
      @Nullable String name,
      @Nullable @Schema(example = "[\"read\", \"write\"]") List<String> scopes,
      @Nullable @Schema(type = "string", example = "P90D") Duration expiresIn) {

    private static final Duration USUAL = Duration.ofDays(90);

    KeyRequest request() {
      return KeyRequest.of(
          tenant == null ? "" : tenant,
          name == null ? "" : name,
          scopes == null ? "" : String.join(",", scopes),
          expiresIn == null ? USUAL : expiresIn);
    }
  }

  record KeyList(List<KeyView> keys) {
    static KeyList of(List<ApiKey> keys) {
      return new KeyList(keys.stream().map(key -> KeyView.of(key, Optional.empty())).toList());
    }
  }

  @PostMapping
  @Operation(operationId = "createKey", summary = "Makes an API key; its secret is shown only here")
  @ApiResponse(responseCode = "201", description = "Made")
  ResponseEntity<KeyView> create(@RequestBody Wanted wanted) {
    ApiKeys.Issued issued = keys.create(wanted.request());
    return ResponseEntity.created(URI.create("/v1/keys/" + issued.key().id()))
        .header("Cache-Control", "no-store")
        .body(KeyView.of(issued.key(), Optional.of(issued.token().secret())));
  }

  @GetMapping
  @Operation(operationId = "listKeys", summary = "Lists the API keys of all tenants")
  KeyList list() {
    return KeyList.of(keys.list());
  }

  @DeleteMapping("/{id}")
  @Operation(operationId = "revokeKey", summary = "Makes an API key invalid at once")
  KeyView revoke(@PathVariable String id) {
    return KeyView.of(keys.revoke(id), Optional.empty());
  }

  /** A key as JSON; {@code secret} only when it was just made. */
  @Schema(name = "Key")
  record KeyView(
      String id,
      String tenant,
      String name,
      List<String> scopes,
      Instant createdAt,
      Instant expiresAt,
      Optional<Instant> revokedAt,
      Optional<String> secret) {

    static KeyView of(ApiKey key, Optional<String> secret) {
      return new KeyView(
          key.id(),
          key.tenant().name(),
          key.name(),
          key.scopes().stream().sorted().map(Scope::text).toList(),
          key.created(),
          key.expires(),
          key.revoked(),
          secret);
    }
  }
}
