package io.greenformers.service.access;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;

/** The cookie of a browser that signed in: no script reads it, no other site has it sent. */
public final class SessionCookie {
  private static final String NAME = "greenformers";

  private SessionCookie() {}

  /** The secret that a browser sends, if it has the form of one. */
  public static Optional<String> of(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    return (cookies == null ? Stream.<Cookie>of() : Arrays.stream(cookies))
        .filter(cookie -> cookie.getName().equals(NAME))
        .map(Cookie::getValue)
        .filter(value -> value.matches(Secret.FORM))
        .findFirst();
  }

  /** {@code Set-Cookie} that gives a browser its secret. */
  public static String of(BrowserSessions.Opened session, HttpServletRequest request) {
    return text(session.secret(), session.lasts(), request);
  }

  /** {@code Set-Cookie} that takes it away. */
  public static String none(HttpServletRequest request) {
    return text("", Duration.ZERO, request);
  }

  private static String text(String value, Duration lasts, HttpServletRequest request) {
    return ResponseCookie.from(NAME, value)
        .path("/")
        .maxAge(lasts)
        .httpOnly(true)
        .sameSite("Strict")
        .secure(isSecure(request))
        .build()
        .toString();
  }

  /**
   * Whether the browser speaks https, to us or to the proxy in front: it says so in the origin of
   * the page that it sends a form of. Whoever lies here spoils nothing but their own cookie.
   */
  private static boolean isSecure(HttpServletRequest request) {
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    return request.isSecure() || (origin != null && origin.startsWith("https:"));
  }
}
