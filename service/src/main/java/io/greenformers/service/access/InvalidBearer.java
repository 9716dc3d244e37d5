package io.greenformers.service.access;

import io.greenformers.service.limit.LimitException;
import io.greenformers.service.limit.RequestRates;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;

/** Answers a token that is not valid, and counts it: such a request is seen by no later filter. */
final class InvalidBearer implements AuthenticationEntryPoint {
  private final RequestRates rates;
  private final Refusals refusals;

  InvalidBearer(RequestRates rates, Refusals refusals) {
    this.rates = rates;
    this.refusals = refusals;
  }

  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException e) {
    try {
      rates.countAnonymous(request.getRemoteAddr());
      refusals.answer(request, response, AccessException.notLoggedIn());
    } catch (LimitException tooMany) {
      refusals.answer(request, response, tooMany);
    }
  }
}
