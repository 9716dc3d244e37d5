package io.greenformers.service.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Where nobody logs in, keeps web pages out: any page that is open in a browser on this machine can
 * send requests to the loopback device, and read the answers if its name resolves to it.
 */
final class LoopbackOnly extends OncePerRequestFilter {
  private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  private final Refusals refusals;

  LoopbackOnly(Refusals refusals) {
    this.refusals = refusals;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (NAMES.contains(request.getServerName()) && isOwn(request, request.getHeader("Origin"))) {
      chain.doFilter(request, response);
    } else {
      refusals.answer(request, response, AccessException.foreignPage());
    }
  }

  /** Programs send no origin; our own pages send ours. */
  private static boolean isOwn(HttpServletRequest request, @Nullable String origin) {
    if (origin == null) {
      return true;
    }
    try {
      URI page = URI.create(origin);
      return request.getServerName().equals(page.getHost())
          && request.getServerPort() == (page.getPort() < 0 ? 80 : page.getPort());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
