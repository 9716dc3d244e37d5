package io.greenformers.service.upload;

import io.greenformers.service.Tenant;
import io.greenformers.service.settings.ServiceSettings;
import io.greenformers.service.upload.Uploads.Progress;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.InputStream;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /v1/uploads}: tus 1.0 with creation, checksum, termination and expiration.
 *
 * @see <a href="https://tus.io/protocols/resumable-upload">the protocol</a>
 */
@RestController
@RequestMapping("/v1/uploads")
@Tag(name = "uploads")
final class UploadController {
  private static final String VERSION = "1.0.0";
  private static final String CHUNK = "application/offset+octet-stream";
  private static final String OFFSET = "Upload-Offset";
  private static final String LENGTH = "Upload-Length";
  private static final int LONGEST_METADATA = 4000;

  private final Uploads uploads;
  private final long mostBytes;

  UploadController(Uploads uploads, ServiceSettings settings) {
    this.uploads = uploads;
    this.mostBytes = settings.limits().upload().toBytes();
  }

  /** Before every request, whatever becomes of it. */
  @ModelAttribute
  void speak(
      HttpServletResponse response,
      @RequestHeader(value = "Tus-Resumable", required = false) @Nullable String version,
      HttpMethod method) {
    response.setHeader("Tus-Resumable", VERSION);
    if (!VERSION.equals(version) && !method.equals(HttpMethod.OPTIONS)) {
      response.setHeader("Tus-Version", VERSION);
      throw TusException.wrongVersion();
    }
  }

  @RequestMapping(method = RequestMethod.OPTIONS)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(operationId = "describeUploads", summary = "Says what of the tus protocol is spoken")
  void describe(@Parameter(hidden = true) HttpServletResponse response) {
    response.setHeader("Tus-Version", VERSION);
    response.setHeader("Tus-Extension", "creation,checksum,termination,expiration");
    response.setHeader("Tus-Checksum-Algorithm", "sha256");
    response.setHeader("Tus-Max-Size", Long.toString(mostBytes));
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Operation(
      operationId = "createUpload",
      summary =
          "Begins a resumable upload; models and datasets are made of finished ones. One whose "
              + "metadata has the sha256 of the bytes is an earlier one of the same, if there is: "
              + "HEAD says where to go on")
  void create(
      Tenant tenant,
      @RequestHeader(value = LENGTH, defaultValue = "-1") long length,
      @RequestHeader(value = "Upload-Metadata", required = false) @Nullable String metadata,
      @Parameter(hidden = true) HttpServletResponse response) {
    if (length < 0) {
      throw TusException.invalid(LENGTH, "the number of bytes; it cannot be given later");
    }
    if (metadata != null && metadata.length() > LONGEST_METADATA) {
      throw TusException.invalid(
          "Upload-Metadata", "at most %d characters".formatted(LONGEST_METADATA));
    }
    Upload upload = uploads.create(tenant, length, Optional.ofNullable(metadata));
    response.setHeader("Location", "/v1/uploads/" + upload.id());
    response.setHeader("Upload-Expires", expires(upload));
  }

  @RequestMapping(path = "/{id}", method = RequestMethod.HEAD)
  @Operation(operationId = "findUpload", summary = "Says how many bytes have come")
  void find(
      Tenant tenant,
      @PathVariable String id,
      @Parameter(hidden = true) HttpServletResponse response) {
    Progress progress = uploads.progress(tenant, id);
    response.setHeader("Cache-Control", "no-store");
    response.setHeader(LENGTH, Long.toString(progress.upload().bytes()));
    progress.upload().metadata().ifPresent(m -> response.setHeader("Upload-Metadata", m));
    describe(progress, response);
  }

  @PatchMapping(path = "/{id}", consumes = CHUNK)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(
      operationId = "continueUpload",
      summary = "Sends bytes from an offset on",
      requestBody =
          @RequestBody(
              required = true,
              content =
                  @Content(
                      mediaType = CHUNK,
                      schema = @Schema(type = "string", format = "binary"))))
  void append(
      Tenant tenant,
      @PathVariable String id,
      @RequestHeader(value = OFFSET, defaultValue = "-1") long offset,
      @RequestHeader(value = "Upload-Checksum", required = false) @Nullable String checksum,
      @Parameter(hidden = true) InputStream bytes,
      @Parameter(hidden = true) HttpServletResponse response) {
    if (offset < 0) {
      throw TusException.invalid(OFFSET, "where the bytes belong");
    }
    Optional<byte[]> sha256 = Optional.ofNullable(checksum).map(UploadController::sha256);
    describe(uploads.append(tenant, id, offset, bytes, sha256), response);
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(operationId = "deleteUpload", summary = "Ends an upload and forgets its bytes")
  void delete(Tenant tenant, @PathVariable String id) {
    uploads.delete(tenant, id);
  }

  private static void describe(Progress progress, HttpServletResponse response) {
    response.setHeader(OFFSET, Long.toString(progress.offset()));
    response.setHeader("Upload-Expires", expires(progress.upload()));
  }

  private static String expires(Upload upload) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(upload.expires().atOffset(ZoneOffset.UTC));
  }

  private static byte[] sha256(String header) {
    try {
      String[] parts = header.strip().split(" ", 2);
      byte[] digest = Base64.getDecoder().decode(parts.length == 2 ? parts[1] : "");
      if (parts[0].equals("sha256") && digest.length == 32) {
        return digest;
      }
    } catch (IllegalArgumentException e) {
      // no Base64: said below
    }
    throw TusException.invalid("Upload-Checksum", "sha256 and the digest in Base64");
  }
}
