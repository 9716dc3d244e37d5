package io.greenformers.it;

import io.greenformers.client.GreenformersClient;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Valid requests to every route, so that nothing but who sends them decides about their answers.
 *
 * @param operator makes the keys that are asked for
 * @param owner owns everything else that is asked for
 */
record ApiRequests(ApiCallers callers, GreenformersClient operator, TenantUnderWatch owner) {
  static final String UNKNOWN = "sha256:" + "0".repeat(64);
  static final String UNKNOWN_UUID = "00000000-0000-0000-0000-000000000000";
  private static final String UNKNOWN_KEY = "000000000000";

  /** Something that both tenants upload. */
  static final String BYTES = "bytes";

  private static final String BYTES_ID =
      "sha256:277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9";

  private static final String BOUNDARY = "part";

  /** The id of something of the owner; new where a request may end it. */
  String ownersId(ApiRoute route) {
    return switch (route.kind()) {
      case "models" -> owner.model();
      case "datasets" -> owner.dataset();
      case "compressions" -> owner.compression().id();
      case "uploads" -> route.namesOneThing() ? begunUpload() : "";
      case "keys" -> operator.createKey("carol", "test", Set.of("read"), Duration.ofHours(1)).id();
      default -> "";
    };
  }

  private String begunUpload() {
    String place =
        callers
            .send(
                ApiRole.OWNER,
                "POST",
                "/v1/uploads",
                Map.of("Upload-Length", "5", "Upload-Metadata", owner.canary()),
                BodyPublishers.noBody())
            .headers()
            .firstValue("Location")
            .orElseThrow();
    return place.substring(place.lastIndexOf('/') + 1);
  }

  /** An id of the same form that nothing has. */
  static String unknownId(ApiRoute route) {
    return switch (route.kind()) {
      case "compressions", "uploads" -> UNKNOWN_UUID;
      case "keys" -> UNKNOWN_KEY;
      default -> UNKNOWN;
    };
  }

  HttpResponse<String> send(ApiRole role, ApiRoute route, String id) {
    String path = route.path().replace("{id}", id).replace("{name}", "report.json");
    return callers.send(role, route.method(), path, headers(route), body(role, route));
  }

  private static Map<String, String> headers(ApiRoute route) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (route.kind().equals("uploads")) {
      headers.put("Upload-Length", Integer.toString(BYTES.length()));
      headers.put("Upload-Offset", "0");
    }
    route
        .bodyType()
        .map(type -> type.startsWith("multipart/") ? type + "; boundary=" + BOUNDARY : type)
        .ifPresent(type -> headers.put("Content-Type", type));
    return headers;
  }

  private BodyPublisher body(ApiRole role, ApiRoute route) {
    return route.bodyType().isEmpty()
        ? BodyPublishers.noBody()
        : BodyPublishers.ofString(text(role, route));
  }

  private String text(ApiRole role, ApiRoute route) {
    return switch (route.toString()) {
      case "POST /v1/models application/octet-stream",
          "POST /v1/datasets application/octet-stream",
          "PATCH /v1/uploads/{id} application/offset+octet-stream" ->
          BYTES;
      case "POST /v1/models multipart/form-data" ->
          """
          --%s\r
          Content-Disposition: form-data; name="file"; filename="model.onnx"\r
          \r
          %s\r
          --%s--\r
          """
              .formatted(BOUNDARY, BYTES, BOUNDARY);
      case "POST /v1/models application/json" ->
          "{\"files\": {\"model.onnx\": \"%s\"}}".formatted(finishedUpload(role));
      case "POST /v1/datasets application/json" ->
          "{\"upload\": \"%s\"}".formatted(finishedUpload(role));
      case "POST /v1/keys application/json" ->
          "{\"tenant\": \"carol\", \"name\": \"x\", \"scopes\": [\"read\"]}";
      case "POST /v1/compressions application/json" ->
          "{\"model\": \"%s\", \"ranks\": {\"policy\": \"full\"}}".formatted(BYTES_ID);
      default ->
          throw new AssertionError(route + " is new: say here what a valid body of it may be");
    };
  }

  /** Their own, for those who may have one. */
  private String finishedUpload(ApiRole role) {
    return role == ApiRole.OTHER_TENANT
        ? callers.upload(role, "name", BYTES)
        : callers.upload(ApiRole.OWNER, owner.canary(), BYTES);
  }
}
