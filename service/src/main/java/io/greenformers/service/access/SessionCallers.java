package io.greenformers.service.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Finds out who sends a cookie. A cookie that is valid no more is as good as none. */
@Component
final class SessionCallers extends OncePerRequestFilter {
  private final BrowserSessions sessions;

  SessionCallers(BrowserSessions sessions) {
    this.sessions = sessions;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    // a key in the header says who calls, whatever else a browser adds
    if (request.getHeader(HttpHeaders.AUTHORIZATION) == null) {
      SessionCookie.of(request).flatMap(sessions::caller).ifPresent(Callers::become);
    }
    chain.doFilter(request, response);
  }
}
