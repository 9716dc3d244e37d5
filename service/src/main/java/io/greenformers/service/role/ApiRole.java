package io.greenformers.service.role;

import io.greenformers.service.settings.RoleSettings;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** A worker without the role {@code api} answers for its health, and for nothing else. */
@Component
final class ApiRole implements WebMvcConfigurer {
  private final RoleSettings roles;

  ApiRole(RoleSettings roles) {
    this.roles = roles;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    if (!roles.isApi()) {
      registry.addInterceptor(new Refusal()).addPathPatterns("/v1/**", "/", "/console/**");
    }
  }

  private static final class Refusal implements HandlerInterceptor {
    @Override
    public boolean preHandle(
        HttpServletRequest request, HttpServletResponse response, Object handler) {
      throw new RoleException();
    }
  }
}
