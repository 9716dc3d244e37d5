package io.greenformers.service.access;

import io.greenformers.service.limit.LimitException;
import io.greenformers.service.limit.RequestRates;
import io.opentelemetry.api.trace.Span;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Once it is known who calls: counts the request, and names the tenant in what is logged and
 * traced.
 */
final class RequestContext extends OncePerRequestFilter {
  private static final String HEALTH = "/actuator/health";

  private final RequestRates rates;
  private final Refusals refusals;

  RequestContext(RequestRates rates, Refusals refusals) {
    this.rates = rates;
    this.refusals = refusals;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Optional<Caller> caller = Callers.current();
    try {
      count(request, caller);
    } catch (LimitException e) {
      refusals.answer(request, response, e);
      return;
    }
    caller.ifPresent(c -> Span.current().setAttribute("tenant", c.tenant().name()));
    try (MDC.MDCCloseable _ =
        MDC.putCloseable("tenant", caller.map(c -> c.tenant().name()).orElse(""))) {
      chain.doFilter(request, response);
    }
  }

  /** Whoever watches over the service is to have an answer above all when it is busy. */
  private void count(HttpServletRequest request, Optional<Caller> caller) {
    if (caller.isPresent()) {
      rates.count(caller.get().tenant());
    } else if (!request.getRequestURI().startsWith(HEALTH)) {
      rates.countAnonymous(request.getRemoteAddr());
    }
  }
}
