package io.greenformers.engine.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/** What a language model should give for the tokens of a text: taken from the text itself. */
sealed interface TokenTargets {
  /**
   * The same tokens with targets.
   *
   * @param draw decides whatever is left to chance
   */
  Tokens of(Tokens tokens, long draw);

  /**
   * As the task asks.
   *
   * @param ids how many the model knows
   * @throws InvalidDatasetException if the tokenizer has no token to hide others with
   */
  static TokenTargets of(TextTask task, Vocabulary vocabulary, long ids) {
    return switch (task) {
      case CAUSAL_LANGUAGE -> new NextToken();
      case MASKED_LANGUAGE -> new HiddenTokens(vocabulary, maskId(vocabulary), ids);
      case CLASSIFICATION, REGRESSION, TOKEN_CLASSIFICATION, EMBEDDING, NONE -> new AsTheyAre();
    };
  }

  private static int maskId(Vocabulary vocabulary) {
    return vocabulary
        .mask()
        .orElseThrow(() ->
            new InvalidDatasetException(
                "tokenizer-without-mask",
                "the tokenizer: expected a token [MASK] or <mask> among added_tokens, which masked-language-modelling hides others with, found none; use data.task: text or causal-language-modelling"));
  }

  /** Nothing, or what the words of the text were given. */
  record AsTheyAre() implements TokenTargets {
    @Override
    public Tokens of(Tokens tokens, long draw) {
      return tokens;
    }
  }

  /** The token that follows; nothing follows the last. */
  record NextToken() implements TokenTargets {
    @Override
    public Tokens of(Tokens tokens, long draw) {
      int[] targets = new int[tokens.length()];
      for (int i = 0; i + 1 < targets.length; i++) {
        targets[i] = tokens.id(i + 1);
      }
      targets[targets.length - 1] = Targets.IGNORED;
      return tokens.withTargets(targets);
    }
  }

  /**
   * 15 % of the tokens, of which 80 % are hidden, 10 % replaced by others and 10 % left (Devlin et
   * al. 2018, section 3.1).
   *
   * @param mask the id that hides a token
   * @param ids how many the model knows
   */
  record HiddenTokens(Vocabulary vocabulary, int mask, long ids) implements TokenTargets {
    private static final double CHOSEN = 0.15;
    private static final double HIDDEN = 0.8;
    private static final double REPLACED = 0.1;

    @Override
    public Tokens of(Tokens tokens, long draw) {
      SplittableRandom random = new SplittableRandom(draw);
      int[] seen = tokens.copyIds();
      int[] targets = new int[seen.length];
      Arrays.fill(targets, Targets.IGNORED);
      for (int i = 0; i < seen.length; i++) {
        if (!vocabulary.special().contains(seen[i]) && random.nextDouble() < CHOSEN) {
          targets[i] = seen[i];
          seen[i] = instead(seen[i], random);
        }
      }
      return tokens.withTargets(seen, targets);
    }

    private int instead(int id, SplittableRandom random) {
      double chance = random.nextDouble();
      if (chance < HIDDEN) {
        return mask;
      }
      return chance < HIDDEN + REPLACED
          ? random.nextInt((int) Math.min(vocabulary.size(), ids))
          : id;
    }
  }
}
