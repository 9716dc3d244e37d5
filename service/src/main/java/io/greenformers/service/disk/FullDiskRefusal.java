package io.greenformers.service.disk;

import io.greenformers.service.artifact.DiskFull;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Refuses what would be written while the disk is full. What is read or deleted is welcome. */
@Component
final class FullDiskRefusal implements WebMvcConfigurer, HandlerInterceptor {
  private static final Set<String> WRITING = Set.of("POST", "PUT", "PATCH");

  private final DiskReserve reserve;

  FullDiskRefusal(DiskReserve reserve) {
    this.reserve = reserve;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (WRITING.contains(request.getMethod()) && reserve.isSpent()) {
      throw DiskFull.refusal();
    }
    return true;
  }
}
