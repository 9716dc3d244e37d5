package io.greenformers.core.rewrite;

/** Why something that looks like an attention is not fused. */
final class NoMatch extends Exception {
  private static final long serialVersionUID = 1;

  NoMatch(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }

  static void require(boolean holds, String otherwise) throws NoMatch {
    if (!holds) {
      throw new NoMatch(otherwise);
    }
  }
}
