package io.greenformers.service.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.transaction.CannotCreateTransactionException;

final class UntilAnsweredTest {
  private final AtomicInteger tries = new AtomicInteger();

  @Test
  void triesAgainWhileTheDatabaseIsAway() {
    UntilAnswered patient = new UntilAnswered(Duration.ofMinutes(1), Duration.ofMillis(1));
    String answer =
        patient.get(() ->
            switch (tries.incrementAndGet()) {
              case 1 -> throw new CannotCreateTransactionException("no connection");
              case 2 -> throw new DataAccessResourceFailureException("cut off");
              default -> "done";
            });
    assertThat(answer).isEqualTo("done");
    assertThat(tries).hasValue(3);
  }

  @Test
  void doesNotRepeatWhatWouldFailAgain() {
    UntilAnswered patient = new UntilAnswered(Duration.ofMinutes(1), Duration.ofMillis(1));
    assertThatThrownBy(() ->
            patient.get(() -> {
              tries.incrementAndGet();
              throw new DuplicateKeyException("there is one");
            }))
        .isInstanceOf(DuplicateKeyException.class);
    assertThat(tries).hasValue(1);
  }

  @Test
  void givesUpInTheEnd() {
    UntilAnswered impatient = new UntilAnswered(Duration.ZERO, Duration.ofMillis(1));
    assertThatThrownBy(() ->
            impatient.get(() -> {
              throw new DataAccessResourceFailureException("away");
            }))
        .isInstanceOf(DataAccessResourceFailureException.class);
  }
}
