package io.greenformers.client;

import io.greenformers.client.RequestListener.Exchange;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The routes that this client asks for: paths without what is in them of a caller, of which there
 * are few enough to be counted by.
 *
 * @param base the path that the service's own begin after; empty where there is none
 */
record Routes(String base) {
  private static final String OTHER = "other";

  private static final List<Route> KNOWN =
      List.of(
          Route.of("/v1/models"),
          Route.of("/v1/models/{id}"),
          Route.of("/v1/models/{id}/inspection"),
          Route.of("/v1/models/{id}/prediction"),
          Route.of("/v1/datasets"),
          Route.of("/v1/datasets/{id}"),
          Route.of("/v1/uploads"),
          Route.of("/v1/uploads/{id}"),
          Route.of("/v1/compressions"),
          Route.of("/v1/compressions/{id}"),
          Route.of("/v1/compressions/{id}/events"),
          Route.of("/v1/compressions/{id}/artifacts/{name}"),
          Route.of("/v1/keys"),
          Route.of("/v1/keys/{id}"),
          Route.of("/v1/admin/queue"),
          Route.of("/v1/admin/workers"));

  private record Route(String template, Pattern paths) {
    static Route of(String template) {
      return new Route(template, Pattern.compile(template.replaceAll("\\{[a-z]+}", "[^/]+")));
    }
  }

  static Routes of(URI baseUrl) {
    return new Routes(baseUrl.getRawPath());
  }

  /** What a request is told as. */
  Exchange exchange(HttpRequest request) {
    String path = request.uri().getRawPath();
    return new Exchange(
        request.method(), path.startsWith(base) ? template(path.substring(base.length())) : OTHER);
  }

  private static String template(String path) {
    return KNOWN.stream()
        .filter(route -> route.paths().matcher(path).matches())
        .map(Route::template)
        .findFirst()
        .orElse(OTHER);
  }
}
