package io.greenformers.core.rewrite;

import java.util.Optional;

/**
 * An attention, or what looks like one: a softmax over products.
 *
 * @param node the name of its softmax
 * @param obstacle why a pass leaves it; empty where it does not
 */
public record AttentionFinding(String node, Optional<String> obstacle) {}
