package io.greenformers.service.upload;

import io.greenformers.service.artifact.UploadException;
import io.greenformers.service.artifact.UploadException.Fault;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.util.List;
import org.springframework.web.multipart.MultipartHttpServletRequest;

/** The files of a form ({@code multipart/form-data}). */
public final class FormFiles {
  private FormFiles() {}

  /**
   * All of its files.
   *
   * @throws UploadException if they cannot be read
   */
  public static List<Part> of(MultipartHttpServletRequest request) {
    // reads the parts to disk, and says so in Spring's exceptions when they are too large
    request.getMultiFileMap();
    try {
      return request.getParts().stream().filter(p -> p.getSubmittedFileName() != null).toList();
    } catch (IOException | ServletException e) {
      throw new UploadException(Fault.BROKEN_OFF, "the parts could not be read; send them again");
    }
  }

  /** The files of one field; none where nobody chose any. */
  public static List<Part> of(MultipartHttpServletRequest request, String field) {
    return of(request).stream()
        .filter(part -> part.getName().equals(field) && part.getSize() > 0)
        .toList();
  }
}
