package io.greenformers.service.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.service.Tenant;
import io.greenformers.service.limit.LimitSettings.OfAddress;
import io.greenformers.service.limit.LimitSettings.OfTenant;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

final class RequestRatesTest {
  private static final int MOST = 5;

  private final RequestRates rates =
      new RequestRates(
          new LimitSettings(new OfTenant(MOST, 1, DataSize.ofBytes(1)), new OfAddress(MOST)));

  @Test
  void oneTenantsFloodIsNotAnothers() {
    Tenant flooding = new Tenant("flooding");
    for (int i = 0; i < MOST; i++) {
      rates.count(flooding);
    }
    assertThatThrownBy(() -> rates.count(flooding))
        .isInstanceOfSatisfying(
            LimitException.class,
            e ->
                assertThat(e.retryAfter().orElseThrow())
                    .isBetween(Duration.ofMillis(1), Duration.ofMinutes(1)));
    assertThatCode(() -> rates.count(new Tenant("calm"))).doesNotThrowAnyException();
  }

  @Test
  void anIpv6NetworkIsOneAddress() {
    for (int i = 0; i < MOST; i++) {
      rates.countAnonymous("2001:db8:0:1::" + i);
    }
    assertThatThrownBy(() -> rates.countAnonymous("2001:db8:0:1:ffff::9"))
        .isInstanceOf(LimitException.class);
    assertThatCode(() -> rates.countAnonymous("2001:db8:0:2::1")).doesNotThrowAnyException();
    assertThatCode(() -> rates.countAnonymous("192.0.2.1")).doesNotThrowAnyException();
  }
}
