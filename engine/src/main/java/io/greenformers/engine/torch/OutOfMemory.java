package io.greenformers.engine.torch;

/** Tells libtorch's complaints about memory from others: it has one type for all. */
public final class OutOfMemory {
  private OutOfMemory() {}

  /** Whether an error says that a tensor found no memory, on a CPU or on a GPU. */
  public static boolean isCauseOf(Throwable error) {
    if (error instanceof OutOfMemoryError || says(String.valueOf(error.getMessage()))) {
      return true;
    }
    Throwable cause = error.getCause();
    return cause != null && isCauseOf(cause);
  }

  private static boolean says(String message) {
    return message.contains("out of memory")
        || message.contains("can't allocate memory")
        || message.contains("not enough memory");
  }
}
