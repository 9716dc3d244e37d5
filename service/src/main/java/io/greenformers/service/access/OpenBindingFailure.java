package io.greenformers.service.access;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says why the service does not start without a stack trace. */
final class OpenBindingFailure extends AbstractFailureAnalyzer<OpenBindingException> {
  @Override
  protected FailureAnalysis analyze(Throwable root, OpenBindingException cause) {
    return new FailureAnalysis(
        cause.getMessage(), "Bind 127.0.0.1, or set greenformers.access.login=true.", cause);
  }
}
