package io.greenformers.service.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.service.artifact.UploadException.Fault;
import io.greenformers.service.database.TestDatabases;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every artifact store promises. */
abstract class ArtifactStoreContract {
  static final int MOST_BYTES = 4 << 20;

  @TempDir Path directory;

  private @Nullable ObjectLedger ledger;

  /** A store that takes uploads of at most {@link #MOST_BYTES}. */
  abstract ArtifactStore store() throws IOException;

  /** The rows beside the objects, in a database of this test. */
  final ObjectLedger ledger() {
    if (ledger == null) {
      ledger = Ledgers.on(TestDatabases.h2(directory.resolve("ledger")), Clock.systemUTC());
    }
    return ledger;
  }

  /** Changes the bytes of an object behind the store's back. */
  abstract void spoil(StoredArtifact stored, String bytes) throws IOException;

  /** How many artifacts and unfinished uploads there are, whoever made them. */
  abstract long files() throws IOException;

  @Test
  void givesBackWhatWasPut() throws Exception {
    byte[] bytes = random(3_000_000);
    ArtifactStore store = store();
    StoredArtifact stored = put(store, bytes, Optional.empty());
    assertThat(stored).isEqualTo(new StoredArtifact(sha256(bytes), bytes.length));
    assertThat(store.file(stored)).hasBinaryContent(bytes);
  }

  /** A confined child was given this very file, not its name. */
  @Test
  void theSameBytesAgainDoNotTakeTheFileAwayFromWhoReadsIt() throws Exception {
    ArtifactStore store = store();
    byte[] bytes = random(1000);
    Path file = store.file(put(store, bytes, Optional.empty()));
    Object before = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    store.take(Files.write(directory.resolve("taken"), bytes));
    StoredArtifact again = put(store, bytes, Optional.empty());
    assertThat(store.file(again)).isEqualTo(file);
    assertThat(Files.readAttributes(file, BasicFileAttributes.class).fileKey()).isEqualTo(before);
  }

  @Test
  void survivesAnotherStoreOnTheSamePlace() throws Exception {
    byte[] bytes = random(1000);
    StoredArtifact stored = put(store(), bytes, Optional.empty());
    assertThat(store().file(stored)).hasBinaryContent(bytes);
  }

  @Test
  void keepsNothingOfAnotherDigest() throws Exception {
    byte[] bytes = random(1000);
    ArtifactStore store = store();
    ContentDigest other = new ContentDigest(sha256(random(999)));
    assertThatThrownBy(() -> put(store, bytes, Optional.of(other)))
        .isInstanceOfSatisfying(
            UploadException.class, e -> assertThat(e.fault()).isEqualTo(Fault.DIGEST_MISMATCH))
        .hasMessageContaining(other.sha256())
        .hasMessageContaining(sha256(bytes));
    assertThat(files()).isZero();
  }

  @Test
  void keepsNothingThatBrokeOff() throws Exception {
    ArtifactStore store = store();
    assertThatThrownBy(
            () -> store.put(new ByteArrayInputStream(random(1000)), 1001, Optional.empty()))
        .isInstanceOfSatisfying(
            UploadException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BROKEN_OFF));
    InputStream failing =
        new SequenceInputStream(
            new ByteArrayInputStream(random(500_000)),
            new FilterInputStream(InputStream.nullInputStream()) {
              @Override
              public int read(byte[] bytes, int offset, int length) throws IOException {
                throw new IOException("connection reset");
              }
            });
    assertThatThrownBy(() -> store.put(failing, -1, Optional.empty()))
        .isInstanceOfSatisfying(
            UploadException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BROKEN_OFF));
    assertThat(files()).isZero();
  }

  @Test
  void refusesTooMuchAnnouncedOrNot() throws Exception {
    ArtifactStore store = store();
    byte[] bytes = random(MOST_BYTES + 1);
    for (long announced : new long[] {bytes.length, -1}) {
      assertThatThrownBy(
              () -> store.put(new ByteArrayInputStream(bytes), announced, Optional.empty()))
          .isInstanceOfSatisfying(
              UploadException.class, e -> assertThat(e.fault()).isEqualTo(Fault.TOO_LARGE));
    }
    assertThat(files()).isZero();
  }

  @Test
  void refusesNothingAtAll() throws Exception {
    ArtifactStore store = store();
    assertThatThrownBy(() -> put(store, new byte[0], Optional.empty()))
        .isInstanceOfSatisfying(
            UploadException.class, e -> assertThat(e.fault()).isEqualTo(Fault.EMPTY));
  }

  @Test
  void takesAFinishedFile() throws Exception {
    ArtifactStore store = store();
    byte[] bytes = random(70_000);
    Path file = Files.write(directory.resolve("finished"), bytes);
    StoredArtifact stored = store.take(file);
    assertThat(file).doesNotExist();
    assertThat(store.file(stored)).hasBinaryContent(bytes);
  }

  @Test
  void storesTheSameContentOnceHoweverManyPutIt() throws Exception {
    ArtifactStore store = store();
    byte[] bytes = random(500_000);
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<StoredArtifact>> puts = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        puts.add(threads.submit(() -> put(store, bytes, Optional.empty())));
      }
      for (Future<StoredArtifact> put : puts) {
        assertThat(store.file(put.get())).hasBinaryContent(bytes);
      }
    }
    assertThat(files()).isOne();
  }

  @Test
  void noticesBytesThatChanged() throws Exception {
    StoredArtifact stored = put(store(), "abc".getBytes(StandardCharsets.UTF_8), Optional.empty());
    spoil(stored, "abd");
    assertThatThrownBy(() -> store().file(stored))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining(stored.sha256());
  }

  @Test
  void namesAnArtifactThatIsNotThere() {
    StoredArtifact unknown = new StoredArtifact("0".repeat(64), 1);
    assertThatThrownBy(() -> store().file(unknown))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining(unknown.sha256());
  }

  private static StoredArtifact put(
      ArtifactStore store, byte[] bytes, Optional<ContentDigest> expected) {
    return store.put(new ByteArrayInputStream(bytes), bytes.length, expected);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
