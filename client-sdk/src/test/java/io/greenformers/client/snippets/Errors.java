package io.greenformers.client.snippets;

import io.greenformers.client.GreenformersClient;
import io.greenformers.client.GreenformersIoException;
import io.greenformers.client.InvalidDataException;
import io.greenformers.client.Model;
import io.greenformers.client.ServiceException;
import java.nio.file.Path;

final class Errors {
  private Errors() {}

  static String outcome(GreenformersClient client, Path onnx) {
    // @start region="errors"
    try {
      Model model = client.uploadModel(onnx);
      return "uploaded " + model.id();
    } catch (ServiceException e) { // the service said no
      return e.code() + (e.isRetryable() ? ": perhaps later" : "");
    } catch (GreenformersIoException e) { // not reached, too slow, interrupted, or a file failed
      return e.isInterruption() ? "interrupted" : "no connection: " + e.getCause();
    } catch (InvalidDataException e) { // something else answered, or bytes were changed
      return "not to be trusted: " + e.getMessage();
    }
    // @end
  }
}
