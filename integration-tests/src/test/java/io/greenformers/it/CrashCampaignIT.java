package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of everything at random moments and at the boundaries of stages: nothing that was
 * acknowledged is lost. Short in the build; {@code -Dgreenformers.campaign=long} is the whole of
 * it, {@code -Dgreenformers.campaign.seed=…} another one, {@code -Dgreenformers.campaign.kills=…}
 * as long as one likes.
 */
final class CrashCampaignIT {
  private static final boolean LONG = "long".equals(System.getProperty("greenformers.campaign"));
  private static final long SEED = Long.getLong("greenformers.campaign.seed", 5);
  private static final int COMPRESSIONS = LONG ? 40 : 2;
  private static final int KILLS =
      Integer.getInteger("greenformers.campaign.kills", LONG ? 200 : 3);
  private static final Duration MOST_RESUME = Duration.ofSeconds(30);

  @TempDir Path directory;

  @Test
  void losesNothingOnH2() throws Exception {
    check(Cluster.onH2(directory));
  }

  @Test
  void losesNothingOnPostgres() throws Exception {
    check(Cluster.onPostgres(directory));
  }

  private static void check(Cluster cluster) throws Exception {
    try (cluster;
        CrashCampaign campaign = new CrashCampaign(cluster, SEED, COMPRESSIONS)) {
      campaign.kill(KILLS);
      campaign.awaitAll();
      System.out.println(campaign.summary());
      if (LONG) {
        // a few kills on a crowded machine say nothing of time
        assertThat(campaign.resume95()).isLessThanOrEqualTo(MOST_RESUME);
      }
      campaign.assertEndedExactlyOnce();
      campaign.assertNoOrphanProcess();
      campaign.assertStoreHoldsWhatIsNamedAndNothingElse();
    }
  }
}
