package io.greenformers.service.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses what changes something with a cookie, or by a form of the console, unless a page of this
 * service sends it. No page can forge {@code Sec-Fetch-Site} and {@code Origin}, and every browser
 * sends one of them at least with what is not a GET; programs send keys instead.
 */
final class OwnPagesOnly extends OncePerRequestFilter {
  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
  private static final RequestMatcher CONSOLE =
      PathPatternRequestMatcher.withDefaults().matcher("/console/**");

  private final Refusals refusals;

  OwnPagesOnly(Refusals refusals) {
    this.refusals = refusals;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    boolean hasKey = request.getHeader(HttpHeaders.AUTHORIZATION) != null;
    boolean isByCookie = !hasKey && SessionCookie.of(request).isPresent();
    return READS.contains(request.getMethod()) || !(isByCookie || CONSOLE.matches(request));
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String site = request.getHeader("Sec-Fetch-Site");
    if (site == null ? isOwn(request) : site.equals("same-origin")) {
      chain.doFilter(request, response);
    } else {
      refusals.answer(request, response, AccessException.foreignForm());
    }
  }

  /** Browsers leave {@code Sec-Fetch-Site} out over plain http, but for loopback names. */
  private static boolean isOwn(HttpServletRequest request) {
    @Nullable String origin = request.getHeader(HttpHeaders.ORIGIN);
    @Nullable String host = request.getHeader(HttpHeaders.HOST);
    // by the name alone: in front of a proxy the scheme may be another one
    return origin != null
        && host != null
        && (origin.equals("http://" + host) || origin.equals("https://" + host));
  }
}
