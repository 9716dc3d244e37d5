package io.greenformers.engine.op;

import io.greenformers.core.onnx.Domains;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The converters of all operators, by domain, operator and since-version. Immutable once made. */
final class Registry {
  private record Operator(String domain, String name) {}

  private final Map<Operator, TreeMap<Long, OpConverter>> converters = new HashMap<>();

  /** What one domain offers; converters are added through it. */
  static final class Domain {
    private final Registry registry;
    private final String name;

    private Domain(Registry registry, String name) {
      this.registry = registry;
      this.name = name;
    }

    /** Adds an operator of one output. */
    void one(String operator, long since, OpConverter.Single converter) {
      many(operator, since, call -> List.of(converter.convert(call)));
    }

    /**
     * Adds an operator.
     *
     * @param since the first version of the operator set with these semantics
     * @throws IllegalStateException if that version of the operator is there already
     */
    void many(String operator, long since, OpConverter converter) {
      var versions =
          registry.converters.computeIfAbsent(new Operator(name, operator), k -> new TreeMap<>());
      if (versions.putIfAbsent(since, converter) != null) {
        throw new IllegalStateException(
            "two converters for '%s' %s since %d".formatted(name, operator, since));
      }
    }
  }

  Domain domain(String name) {
    return new Domain(this, name);
  }

  /** The converter with the semantics of a version of the operator set. */
  Optional<OpConverter> find(String domain, String operator, long version) {
    String name = Domains.isDefault(domain) ? "" : domain;
    return Optional.ofNullable(converters.get(new Operator(name, operator)))
        .map(versions -> versions.floorEntry(version))
        .map(Map.Entry::getValue);
  }
}
