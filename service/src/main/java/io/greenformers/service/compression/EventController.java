package io.greenformers.service.compression;

import io.greenformers.service.Tenant;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Server-sent events of a compression. Each follower costs one virtual thread. */
@RestController
@Tag(name = "compressions")
final class EventController {
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);

  /** Then the follower comes again, and is asked again who they are. */
  private static final Duration LONGEST = Duration.ofMinutes(15);

  private final CompressionRepository repository;
  private final CompressionChanges changes;
  private final JsonMapper json;

  EventController(CompressionRepository repository, CompressionChanges changes, JsonMapper json) {
    this.repository = repository;
    this.changes = changes;
    this.json = json;
  }

  @GetMapping("/v1/compressions/{id}/events")
  @Operation(
      operationId = "followCompression",
      summary =
          "Server-sent events 'state' and 'progress', until the compression is final; after 15 "
              + "minutes a follower has to come again, with Last-Event-ID")
  @ApiResponse(
      responseCode = "200",
      content =
          @Content(
              mediaType = MediaType.TEXT_EVENT_STREAM_VALUE,
              schema = @Schema(implementation = CompressionView.class)))
  @ApiResponse(
      responseCode = "204",
      description = "Nothing comes after Last-Event-ID",
      content = @Content)
  void follow(
      Tenant tenant,
      @PathVariable String id,
      @RequestHeader(value = "Last-Event-ID", defaultValue = "0") long lastEventId,
      @Parameter(hidden = true) HttpServletResponse response)
      throws InterruptedException, IOException {
    Compression compression = repository.get(tenant, id);
    if (compression.state().isFinal() && compression.sequence() <= lastEventId) {
      response.setStatus(HttpServletResponse.SC_NO_CONTENT);
      return;
    }
    response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
    response.setCharacterEncoding(StandardCharsets.UTF_8);
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Accel-Buffering", "no");
    try (CompressionChanges.Follower follower = changes.follow(id)) {
      follow(follower, compression, lastEventId, response);
    } catch (IOException e) {
      // the follower went away, which is its right
    }
  }

  private void follow(
      CompressionChanges.Follower follower,
      Compression compression,
      long lastEventId,
      HttpServletResponse response)
      throws InterruptedException, IOException {
    Writer out = response.getWriter();
    long start = System.nanoTime();
    long seen = lastEventId;
    Optional<Compression> before = Optional.empty();
    while (true) {
      Compression now = repository.get(compression.tenant(), compression.id());
      if (now.sequence() > seen) {
        out.write(event(now, before.filter(b -> isSameState(b, now)).isEmpty()));
        seen = now.sequence();
        before = Optional.of(now);
      }
      flush(response, out);
      boolean isTooLong = System.nanoTime() - start > LONGEST.toNanos();
      if (now.state().isFinal() || isTooLong || !follower.isWorthWaiting()) {
        return;
      }
      if (!follower.await(HEARTBEAT)) {
        out.write(": still here\n\n");
      }
    }
  }

  private String event(Compression compression, boolean isNewState) {
    return "id: %d\nevent: %s\ndata: %s\n\n"
        .formatted(
            compression.sequence(),
            isNewState ? "state" : "progress",
            json.writeValueAsString(CompressionView.withoutRequest(compression)));
  }

  private static boolean isSameState(Compression a, Compression b) {
    return a.state() == b.state() && a.progress().stage().equals(b.progress().stage());
  }

  /** A writer keeps its errors to itself; flushing the response throws them. */
  private static void flush(HttpServletResponse response, Writer out) throws IOException {
    out.flush();
    response.flushBuffer();
  }
}
