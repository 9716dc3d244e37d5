package io.greenformers.service.access;

import io.greenformers.service.audit.AuditEvent;
import io.greenformers.service.audit.AuditLog;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Records whoever changes or downloads something, and whoever is refused. Neither names nor
 * contents: an id that is not of one of our forms is left out.
 */
@Component
final class AuditFilter extends OncePerRequestFilter {
  private static final Pattern ID =
      Pattern.compile("sha256:[0-9a-f]{64}|[0-9a-f-]{36}|[0-9a-f]{12}");
  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
  private static final String DOWNLOAD = "/v1/compressions/{id}/artifacts/{name}";

  private final AuditLog log;
  private final Clock clock;

  AuditFilter(AuditLog log, Clock clock) {
    this.log = log;
    this.clock = clock;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    chain.doFilter(request, response);
    if (isOfInterest(request, response.getStatus())) {
      Optional<Caller> caller = Callers.current();
      log.add(
          new AuditEvent(
              clock.instant(),
              caller.map(c -> c.tenant().name()).orElse(""),
              caller.map(Caller::name).orElse("anonymous"),
              request.getMethod() + " " + route(request),
              subject(request, response),
              response.getStatus(),
              request.getRemoteAddr()));
    }
  }

  private static boolean isOfInterest(HttpServletRequest request, int status) {
    return !READS.contains(request.getMethod())
        || status == HttpServletResponse.SC_UNAUTHORIZED
        || status == HttpServletResponse.SC_FORBIDDEN
        || DOWNLOAD.equals(route(request));
  }

  /** Not the path: that is whatever a caller likes. */
  private static String route(HttpServletRequest request) {
    Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
    return pattern == null ? "?" : pattern.toString();
  }

  /** The id in the path, or of what was made. */
  private static String subject(HttpServletRequest request, HttpServletResponse response) {
    Object variables = request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
    if (variables instanceof Map<?, ?> map && map.get("id") instanceof String id) {
      return ID.matcher(id).matches() ? id : "";
    }
    String made = lastPart(response.getHeader(HttpHeaders.LOCATION));
    return made.isEmpty() ? lastPart(response.getHeader(HttpHeaders.CONTENT_LOCATION)) : made;
  }

  private static String lastPart(@Nullable String path) {
    return path == null ? "" : path.substring(path.lastIndexOf('/') + 1);
  }
}
