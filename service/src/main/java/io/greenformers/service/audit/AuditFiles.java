package io.greenformers.service.audit;

import io.greenformers.service.settings.ServiceSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The audit log of a service lies in its data directory. */
@Configuration(proxyBeanMethods = false)
class AuditFiles {
  @Bean
  static AuditLog auditLog(ServiceSettings settings) {
    return AuditLog.below(settings.data());
  }
}
