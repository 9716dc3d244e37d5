package io.greenformers.service.access;

import io.greenformers.service.ServiceException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Answers what is refused before it reaches a controller as if one had thrown it. */
@Component
public final class Refusals {
  private final HandlerExceptionResolver problems;

  Refusals(@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
    this.problems = problems;
  }

  /** Writes the problem that an error is. */
  public void answer(
      HttpServletRequest request, HttpServletResponse response, ServiceException why) {
    problems.resolveException(request, response, null, why);
  }
}
