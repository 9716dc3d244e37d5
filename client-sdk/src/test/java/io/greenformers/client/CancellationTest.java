package io.greenformers.client;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.delete;
import static com.github.tomakehurst.wiremock.client.WireMock.deleteRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.greenformers.client.Documents.ID;
import static io.greenformers.client.Documents.PLACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InterruptedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who does not wait any more ends what they waited for. */
@Timeout(30)
final class CancellationTest {
  @RegisterExtension static final StubbedService SERVICE = new StubbedService();

  /** Of the client, not of what a service does. */
  private static final Set<String> NO_OPERATIONS =
      Set.of("builder", "toBuilder", "baseUrl", "async", "close", "toString");

  private SilentService silent;
  private GreenformersClient client;

  @BeforeEach
  void start() throws Exception {
    silent = new SilentService();
    client = silent.client();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    silent.close();
  }

  @Test
  void anInterruptedThreadEndsItsRequestAndStaysInterrupted() throws Exception {
    CompletableFuture<GreenformersIoException> thrown = new CompletableFuture<>();
    CompletableFuture<Boolean> wasInterrupted = new CompletableFuture<>();
    Thread thread =
        new Thread(() -> {
          try {
            client.compression(ID);
          } catch (GreenformersIoException e) {
            wasInterrupted.complete(Thread.currentThread().isInterrupted());
            thrown.complete(e);
          }
        });
    thread.start();
    assertThat(silent.isAsked()).isTrue();
    thread.interrupt();
    assertThat(thrown.get())
        .hasCauseInstanceOf(InterruptedIOException.class)
        .satisfies(e -> assertThat(e.isInterruption()).isTrue());
    assertThat(wasInterrupted.get()).isTrue();
    assertThat(silent.isHungUp()).isTrue();
  }

  @Test
  void aCancelledFutureEndsItsRequest() throws Exception {
    CompletableFuture<Compression> future = client.async().compression(ID);
    assertThat(silent.isAsked()).isTrue();
    future.cancel(true);
    assertThat(silent.isHungUp()).isTrue();
  }

  @Test
  void aFutureWhoseTimeIsOverEndsItsRequest() throws Exception {
    CompletableFuture<Compression> future = client.async().compression(ID);
    assertThat(silent.isAsked()).isTrue();
    assertThatThrownBy(() -> future.orTimeout(1, TimeUnit.MILLISECONDS).join())
        .isInstanceOf(CompletionException.class);
    assertThat(silent.isHungUp()).isTrue();
  }

  @Test
  void aClosedClientEndsWhatRunsAndRefusesTheRest() throws Exception {
    CompletableFuture<Compression> future = client.async().compression(ID);
    assertThat(silent.isAsked()).isTrue();
    client.close();
    client.close();
    assertThatThrownBy(future::join).hasCauseInstanceOf(GreenformersIoException.class);
    assertThat(silent.isHungUp()).isTrue();
    assertThatThrownBy(() -> client.compression(ID)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> client.async().compression(ID))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aCancelledWaitCancelsTheCompressionWhereThatIsAskedFor() throws Exception {
    SERVICE.stubFor(get(PLACE).willReturn(okJson(Documents.compression("RUNNING"))));
    SERVICE.stubFor(delete(PLACE).willReturn(okJson(Documents.compression("CANCELLED"))));
    CountDownLatch seen = new CountDownLatch(1);
    Waiting waiting = Waiting.atMost(Duration.ofHours(1)).orCancel();
    try (GreenformersClient patient =
        GreenformersClient.builder().baseUrl(SERVICE.baseUrl()).build()) {
      CompletableFuture<Compression> future =
          patient.async().await(ID, waiting, now -> seen.countDown());
      seen.await();
      future.cancel(true);
      while (SERVICE.findAll(deleteRequestedFor(urlEqualTo(PLACE))).isEmpty()) {
        Thread.sleep(10);
      }
    }
  }

  @Test
  void errorsComeOutOfFuturesAsTheyAre() {
    SERVICE.stubFor(any(anyUrl()).willReturn(okJson("[]")));
    assertThatThrownBy(() -> SERVICE.client().async().cancel(ID).join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(InvalidDataException.class);
  }

  @Test
  void everyOperationHasAnAsynchronousTwin() {
    assertThat(operations(AsyncGreenformersClient.class))
        .isEqualTo(operations(GreenformersClient.class));
  }

  private static Set<String> operations(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
        .filter(method -> !NO_OPERATIONS.contains(method.getName()))
        .map(CancellationTest::signature)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String signature(Method method) {
    return method.getName()
        + Stream.of(method.getParameterTypes()).map(Class::getSimpleName).toList();
  }
}
