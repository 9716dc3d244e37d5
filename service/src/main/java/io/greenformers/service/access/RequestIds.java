package io.greenformers.service.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Names every request, to its caller and in the log, so that one finds what the other speaks of. A
 * name that a caller brings is not taken over: it would be a foreign word in the log.
 */
final class RequestIds extends OncePerRequestFilter {
  private static final String HEADER = "X-Request-Id";

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String id = UUID.randomUUID().toString();
    response.setHeader(HEADER, id);
    try (MDC.MDCCloseable _ = MDC.putCloseable("request", id)) {
      chain.doFilter(request, response);
    }
  }
}
