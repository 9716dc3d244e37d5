package io.greenformers.service.limit;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.greenformers.service.Tenant;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import org.springframework.stereotype.Component;

/**
 * Counts requests of tenants, and of addresses that show no valid key, in token buckets of a
 * minute; each process counts for itself. Thread-safe.
 */
@Component
public final class RequestRates {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** More than these at once are forgotten, the idle ones first. */
  private static final long MOST_BUCKETS = 100_000;

  private final int tenantLimit;
  private final int addressLimit;
  private final LoadingCache<Tenant, Bucket> tenants;
  private final LoadingCache<String, Bucket> addresses;

  RequestRates(LimitSettings settings) {
    this.tenantLimit = settings.tenant().requests();
    this.addressLimit = settings.address().requests();
    this.tenants = buckets().build(tenant -> bucket(tenantLimit));
    this.addresses = buckets().build(address -> bucket(addressLimit));
  }

  private static Caffeine<Object, Object> buckets() {
    return Caffeine.newBuilder().maximumSize(MOST_BUCKETS).expireAfterAccess(MINUTE);
  }

  /** Refills steadily, so that a minute's worth may come at once, and no more than that. */
  private static Bucket bucket(int aMinute) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(aMinute).refillGreedy(aMinute, MINUTE))
        .build();
  }

  /**
   * Counts a request of a tenant.
   *
   * @throws LimitException if there were too many
   */
  public void count(Tenant tenant) {
    take(tenants.get(tenant), tenantLimit);
  }

  /**
   * Counts a request that nobody valid sent.
   *
   * @throws LimitException if there were too many from this address
   */
  public void countAnonymous(String address) {
    take(addresses.get(network(address)), addressLimit);
  }

  private static void take(Bucket bucket, int aMinute) {
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      throw LimitException.requests(aMinute, Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }
  }

  /** Whoever has one IPv6 address has the 2⁶⁴ beside it too. */
  private static String network(String address) {
    return InetAddress.ofLiteral(address) instanceof Inet6Address six
        ? HexFormat.of().formatHex(Arrays.copyOf(six.getAddress(), 8))
        : address;
  }
}
