package io.greenformers.service.access;

import java.util.Optional;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/** On whose behalf this thread works. */
public final class Callers {
  private Callers() {}

  /** Who sent the request that this thread answers; empty if nobody valid did. */
  public static Optional<Caller> current() {
    return Optional.ofNullable(SecurityContextHolder.getContext().getAuthentication())
        .map(authentication -> authentication.getPrincipal())
        .filter(Caller.class::isInstance)
        .map(Caller.class::cast);
  }

  /** Says who sent the request that this thread answers, from now on to its end. */
  public static void become(Caller caller) {
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(new CallerAuthentication(caller));
    SecurityContextHolder.setContext(context);
  }
}
