package io.greenformers.service.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.service.artifact.Reconciler.Findings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What nothing names goes after its grace; what is named or new stays. */
abstract class ReconcilerContract {
  private static final Duration GRACE = Duration.ofHours(1);

  private final Path directory;
  private final JdbcClient jdbc;
  private final FileArtifactStore store;
  private final Reconciler now;
  private final Reconciler afterGrace;

  ReconcilerContract(DataSource database, Path directory) throws IOException {
    this.directory = directory;
    this.jdbc = JdbcClient.create(database);
    StoreSettings settings = new StoreSettings(null, GRACE, null);
    Clock today = Clock.systemUTC();
    this.store =
        new FileArtifactStore(
            directory.resolve("artifacts"),
            FileArtifactStoreTest.limits(0),
            Ledgers.on(database, today));
    this.now = new Reconciler(store, Ledgers.on(database, today), settings, today);
    Clock later = Clock.offset(today, GRACE.plusMinutes(1));
    this.afterGrace = new Reconciler(store, Ledgers.on(database, later), settings, later);
  }

  @Test
  void removesWhatNothingNamesAfterItsGrace() {
    StoredArtifact forgotten = put("forgotten");
    assertThat(now.reconcile().removed()).isZero();
    assertThat(store.has(forgotten)).isTrue();
    assertThat(afterGrace.reconcile().removed()).isOne();
    assertThat(store.has(forgotten)).isFalse();
  }

  @Test
  void keepsWhatIsNamed() {
    StoredArtifact named = put("named");
    name(named);
    assertThat(afterGrace.reconcile()).isEqualTo(new Findings(0, 0, List.of()));
    assertThat(store.file(named)).hasContent("named");
  }

  @Test
  void saysWhatIsNamedAndMissing() {
    StoredArtifact lost = put("lost");
    name(lost);
    store.remove(lost.sha256());
    assertThat(now.reconcile().missing()).containsExactly(lost.sha256());
  }

  @Test
  void removesWhatAnOlderVersionStoredWithoutARow() throws Exception {
    StoredArtifact unknown = put("unknown");
    jdbc.sql("delete from stored_object").update();
    List<String> objects = new ArrayList<>();
    store.forEach(o -> objects.add(o.sha256()));
    assertThat(objects).containsExactly(unknown.sha256());
    assertThat(afterGrace.reconcile().removed()).isOne();
    assertThat(store.has(unknown)).isFalse();
  }

  @Test
  void removesUploadsThatBrokeOff() throws Exception {
    Path left = Files.writeString(directory.resolve("artifacts/incoming/incoming-1"), "half");
    assertThat(now.reconcile().unfinished()).isZero();
    Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(GRACE.multipliedBy(2))));
    assertThat(now.reconcile().unfinished()).isOne();
    assertThat(left).doesNotExist();
  }

  @Test
  void whatIsStoredAgainWhileItIsRemovedIsThereAfterwards() throws Exception {
    for (int i = 0; i < 20; i++) {
      String text = "again " + i;
      put(text);
      jdbc.sql("update stored_object set touched_at = ?")
          .param(Instant.now().minus(GRACE.multipliedBy(2)).atOffset(ZoneOffset.UTC))
          .update();
      try (ExecutorService other = Executors.newSingleThreadExecutor()) {
        Future<Findings> removing = other.submit(now::reconcile);
        StoredArtifact again = put(text);
        name(again);
        removing.get();
        assertThat(now.reconcile().missing()).isEmpty();
        assertThat(store.file(again)).hasContent(text);
      }
    }
  }

  private StoredArtifact put(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return store.put(new ByteArrayInputStream(bytes), bytes.length, Optional.empty());
  }

  private void name(StoredArtifact artifact) {
    jdbc.sql("insert into dataset (tenant, id, bytes, created_at) values ('t', ?, ?, ?)")
        .params(artifact.id(), artifact.bytes(), Instant.now().atOffset(ZoneOffset.UTC))
        .update();
  }
}
