package io.greenformers.service.console;

import io.greenformers.service.model.Model;
import java.util.List;
import java.util.Optional;

/**
 * A model: what was found in it, and what became of it.
 *
 * @param sight what is known of its graph
 * @param spectra what is known of its weights
 * @param measured its newest compressions, with what they measured
 */
record ModelPage(
    Frame frame, Model model, Sight sight, Prediction spectra, List<Measured> measured) {

  ModelPage {
    measured = List.copyOf(measured);
  }

  /** What is known of a model's graph. */
  sealed interface Sight {
    /** Nobody has looked yet. */
    record Unread() implements Sight {}

    record Refused(String code, String reason) implements Sight {}

    record Read(ModelSites sites) implements Sight {}
  }

  /** What is known of a model's weights. */
  sealed interface Prediction {
    /** Nobody has looked yet. */
    record Unread() implements Prediction {}

    record Impossible(String reason) implements Prediction {}

    record Read(Spectra spectra) implements Prediction {}
  }

  /** A compression of the model. */
  record Measured(CompressionRow compression, Optional<Outcome> outcome) {}

  Optional<ModelSites> sites() {
    return sight instanceof Sight.Read read ? Optional.of(read.sites()) : Optional.empty();
  }

  Optional<Spectra> read() {
    return spectra instanceof Prediction.Read read ? Optional.of(read.spectra()) : Optional.empty();
  }

  Optional<Sight.Refused> refused() {
    return sight instanceof Sight.Refused refused ? Optional.of(refused) : Optional.empty();
  }

  /** Why nothing can be said of the weights; empty where something can, or nobody has looked. */
  Optional<String> impossible() {
    return spectra instanceof Prediction.Impossible no
        ? Optional.of(no.reason())
        : Optional.empty();
  }

  String href() {
    return "/console/models/" + model.id();
  }

  /** Where the slider begins: half of the file, or what is in reach. */
  int start(Spectra spectra) {
    return (int) Math.ceil(Math.max(50, 100 * spectra.smallest()));
  }
}
