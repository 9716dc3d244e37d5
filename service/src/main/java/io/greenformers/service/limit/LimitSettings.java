package io.greenformers.service.limit;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Limits that keep one from starving the others, as {@code greenformers.limits.*}.
 *
 * @param tenant of each tenant
 * @param address of each address that shows no valid key
 */
@Validated
@ConfigurationProperties("greenformers.limits")
public record LimitSettings(
    @Valid @DefaultValue OfTenant tenant, @Valid @DefaultValue OfAddress address) {

  /**
   * Limits of each tenant.
   *
   * @param requests a minute
   * @param compressions queued or running at once
   * @param stored bytes of models, datasets, uploads and artifacts
   */
  public record OfTenant(
      @Min(1) @DefaultValue("6000") int requests,
      @Min(1) @DefaultValue("200") int compressions,
      @DefaultValue("500GB") DataSize stored) {}

  /**
   * Limits of each address that shows no valid key; an IPv6 network of 64 bits counts as one.
   *
   * @param requests a minute
   */
  public record OfAddress(@Min(1) @DefaultValue("300") int requests) {}
}
