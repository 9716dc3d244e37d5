package io.greenformers.engine.data;

/** A text and what a tokenizer made of it. */
record Encoded(TextExample example, Tokens tokens) {
  int length() {
    return tokens.length();
  }
}
