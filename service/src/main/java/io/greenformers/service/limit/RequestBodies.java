package io.greenformers.service.limit;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Bounds bodies: documents in size, all in how slowly they may come. The server's own time-out
 * bounds each pause; without this, a byte now and then would keep a connection for ever.
 *
 * <p>Parts of {@code multipart/form-data} are read by the server and not seen here.
 */
@Component
final class RequestBodies extends OncePerRequestFilter {
  static final long LARGEST_DOCUMENT = 1 << 20;
  private static final long SLOWEST_BYTES_A_SECOND = 1024;
  private static final Duration GRACE = Duration.ofSeconds(20);

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String type = request.getContentType();
    boolean isDocument = type != null && type.startsWith(MediaType.APPLICATION_JSON_VALUE);
    chain.doFilter(new Bounded(request, isDocument ? LARGEST_DOCUMENT : Long.MAX_VALUE), response);
  }

  private static final class Bounded extends HttpServletRequestWrapper {
    private final long most;
    private @Nullable ServletInputStream body;

    Bounded(HttpServletRequest request, long most) {
      super(request);
      this.most = most;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
      if (body == null) {
        body = new Body(super.getInputStream(), most);
      }
      return body;
    }
  }

  private static final class Body extends ServletInputStream {
    private final ServletInputStream in;
    private final long most;
    private long bytes;
    private long waitedNanos;

    Body(ServletInputStream in, long most) {
      this.in = in;
      this.most = most;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      long start = System.nanoTime();
      int n = in.read(buffer, offset, length);
      waitedNanos += System.nanoTime() - start;
      bytes += Math.max(0, n);
      if (bytes > most) {
        throw LimitException.body(most);
      }
      if (Duration.ofNanos(waitedNanos).minus(GRACE).toSeconds() * SLOWEST_BYTES_A_SECOND > bytes) {
        throw LimitException.slow();
      }
      return n;
    }

    @Override
    public boolean isFinished() {
      return in.isFinished();
    }

    @Override
    public boolean isReady() {
      return in.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      in.setReadListener(listener);
    }
  }
}
