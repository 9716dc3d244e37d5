package io.greenformers.client;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Brings files to the service: small ones in one request, large ones so that they can be resumed.
 * Either is named by its content, and may be sent again without harm.
 */
record Uploads(Http http) {
  private static final String MODEL = "model.onnx";
  private static final String MODELS = "/v1/models";
  private static final String DATASETS = "/v1/datasets";
  private static final String BINARY = "application/octet-stream";

  /**
   * Uploads a model.
   *
   * @param external by the location that the model names
   */
  Model model(Path file, Map<String, Path> external) {
    Map<String, FileDigest> files = new LinkedHashMap<>();
    files.put(MODEL, digest(file));
    external.forEach((name, data) -> files.put(name, digest(data)));
    Model model = model(files);
    model
        .files()
        .forEach(stored ->
            Optional.ofNullable(files.get(stored.name()))
                .ifPresent(sent -> sent.requireIs(stored.sha256())));
    return model;
  }

  private Model model(Map<String, FileDigest> files) {
    if (files.values().stream().anyMatch(Uploads::isWorthResuming)) {
      Map<String, String> ids = new LinkedHashMap<>();
      files.forEach((name, file) -> ids.put(name, resumably(file)));
      return http.post(MODELS, Map.of("files", ids), Model.class, Repeat.IDEMPOTENT);
    }
    if (files.size() == 1) {
      return whole(MODELS, files.values().iterator().next(), Model.class);
    }
    try {
      Multipart multipart = Multipart.of(files);
      files.values().forEach(file -> tell(file, 0));
      Model model =
          http.json(
              http.to(MODELS)
                  .timeout(http.settings().transferTimeout())
                  .header("Content-Type", "multipart/form-data; boundary=" + multipart.boundary())
                  .POST(multipart.body())
                  .build(),
              Model.class);
      files.values().forEach(file -> tell(file, file.bytes()));
      return model;
    } catch (FileNotFoundException e) {
      throw unreadable(files.values().iterator().next().file(), e);
    }
  }

  /** Uploads anything else. */
  Dataset dataset(Path path) {
    FileDigest file = digest(path);
    Dataset dataset =
        isWorthResuming(file)
            ? http.post(
                DATASETS, Map.of("upload", resumably(file)), Dataset.class, Repeat.IDEMPOTENT)
            : whole(DATASETS, file, Dataset.class);
    file.requireIs(dataset.id().replaceFirst("^sha256:", ""));
    return dataset;
  }

  private <T> T whole(String path, FileDigest file, Class<T> type) {
    try {
      tell(file, 0);
      T answer =
          http.json(
              http.to(path)
                  .timeout(http.settings().transferTimeout())
                  .header("Content-Type", BINARY)
                  .header("Content-Digest", file.header())
                  .POST(BodyPublishers.ofFile(file.file()))
                  .build(),
              type);
      tell(file, file.bytes());
      return answer;
    } catch (FileNotFoundException e) {
      throw unreadable(file.file(), e);
    }
  }

  private String resumably(FileDigest file) {
    try {
      return ResumableUpload.send(http, file);
    } catch (IOException e) {
      throw unreadable(file.file(), e);
    }
  }

  private static boolean isWorthResuming(FileDigest file) {
    return file.bytes() >= ResumableUpload.WORTHWHILE;
  }

  private void tell(FileDigest file, long bytes) {
    http.settings()
        .transfers()
        .moved(new Transfer(Transfer.Direction.UPLOAD, file.file(), bytes, file.bytes()));
  }

  private static FileDigest digest(Path file) {
    try {
      return FileDigest.of(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static GreenformersIoException unreadable(Path file, IOException e) {
    return new GreenformersIoException("%s: cannot be read: %s".formatted(file, e), e);
  }
}
