package io.greenformers.service.console;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.View;

/** Makes pages of the templates in {@code src/main/jte}, each of one record. Thread-safe. */
@Component
final class Pages {
  private static final String HTML = "text/html;charset=UTF-8";

  /** Templates are classes of this package, made when the service is built. */
  private final TemplateEngine templates =
      TemplateEngine.createPrecompiled(null, ContentType.Html, null, Pages.class.getPackageName());

  /** A page for a controller to return. */
  View show(String template, Object page) {
    return show(HttpStatus.OK, template, page);
  }

  View show(HttpStatus status, String template, Object page) {
    return new Page(status, template, page);
  }

  /** The page's bytes. */
  Utf8ByteOutput render(String template, Object page) {
    Utf8ByteOutput out = new Utf8ByteOutput();
    templates.render(template + ".jte", page, out);
    return out;
  }

  private final class Page implements View {
    private final HttpStatus status;
    private final String template;
    private final Object page;

    Page(HttpStatus status, String template, Object page) {
      this.status = status;
      this.template = template;
      this.page = page;
    }

    /** Nothing is sent before all of it is there: an error on the way becomes an error page. */
    @Override
    public void render(
        @Nullable Map<String, ?> model, HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      Utf8ByteOutput bytes = Pages.this.render(template, page);
      response.setStatus(status.value());
      response.setContentType(HTML);
      response.setContentLength(bytes.getContentLength());
      bytes.writeTo(response.getOutputStream());
    }
  }
}
