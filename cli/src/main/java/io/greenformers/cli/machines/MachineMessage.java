package io.greenformers.cli.machines;

import java.util.Optional;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What machines that train together tell each other, as JSON. */
public sealed interface MachineMessage {
  /** A machine wants to take part. */
  record Join(String version) implements MachineMessage {}

  /**
   * It may.
   *
   * @param number of the machine, from 1; the first is another one
   * @param count of all machines
   * @param address that it is seen at, and listens at
   */
  public record Joined(int number, int count, String address) implements MachineMessage {}

  /**
   * What there is to do.
   *
   * @param stage the training, once it begins
   * @param ended whether the first machine has ended
   */
  record Now(Optional<OfferedStage> stage, boolean ended) implements MachineMessage {}

  /**
   * A machine has ended.
   *
   * @param failure why, unless its training came to its end
   */
  record End(Optional<String> failure) implements MachineMessage {}

  /** What was asked for cannot be. */
  record Refusal(String message) implements MachineMessage {}

  JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
}
