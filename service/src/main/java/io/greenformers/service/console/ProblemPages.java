package io.greenformers.service.console;

import gg.jte.output.Utf8ByteOutput;
import io.greenformers.service.access.Callers;
import io.greenformers.service.console.SignInController.SignInPage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/** Answers what goes wrong with a page with a page; the API answers with the problem itself. */
@ControllerAdvice
final class ProblemPages implements ResponseBodyAdvice<Object> {
  private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

  private final Pages pages;

  ProblemPages(Pages pages) {
    this.pages = pages;
  }

  /** A problem for people. */
  record ProblemPage(Frame frame, int status, String title, String detail) {
    static ProblemPage of(ProblemDetail problem, Frame.Visitor visitor) {
      String title = Optional.ofNullable(problem.getTitle()).orElse("Something went wrong");
      String detail = Optional.ofNullable(problem.getDetail()).orElse("no more is known");
      return new ProblemPage(
          new Frame(title, Frame.Tab.NONE, visitor),
          problem.getStatus(),
          title,
          Words.name(detail));
    }
  }

  @Override
  public boolean supports(
      MethodParameter answer, Class<? extends HttpMessageConverter<?>> converter) {
    return true;
  }

  @Override
  public @Nullable Object beforeBodyWrite(
      @Nullable Object body,
      MethodParameter answer,
      MediaType type,
      Class<? extends HttpMessageConverter<?>> converter,
      ServerHttpRequest request,
      ServerHttpResponse response) {
    String path = request.getURI().getPath();
    if (!(body instanceof ProblemDetail problem)
        || !(path.equals("/") || path.startsWith("/console"))) {
      return body;
    }
    response.getHeaders().setContentType(HTML);
    try {
      page(problem, request).writeTo(response.getBody());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return null;
  }

  private Utf8ByteOutput page(ProblemDetail problem, ServerHttpRequest request) {
    if (problem.getStatus() == HttpStatus.UNAUTHORIZED.value()) {
      String query = request.getURI().getRawQuery();
      String here = request.getURI().getRawPath() + (query == null ? "" : "?" + query);
      boolean isArrival = "cross-site".equals(request.getHeaders().getFirst("Sec-Fetch-Site"));
      return pages.render("signin", SignInPage.insteadOf(here, isArrival));
    }
    Frame.Visitor visitor = Callers.current().map(Frame.Visitor::of).orElse(Frame.Visitor.NOBODY);
    return pages.render("problem", ProblemPage.of(problem, visitor));
  }
}
