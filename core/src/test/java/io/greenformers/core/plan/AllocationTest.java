package io.greenformers.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.linalg.Spectrum;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.site.Site;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AllocationTest {
  private static final int MULTIPLE = 8;
  private static final FileSize SIZE = new FileSize(4_000_000, 4_000_000, site -> 0);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void noOtherRanksWithinTheBytesAreBetterByMoreThanOneStep(long seed) {
    Random random = new Random(seed);
    Map<Site, Effect> effects = new LinkedHashMap<>();
    for (int i = 0; i < 3; i++) {
      Site site = site("s" + i, 64 + 32 * random.nextInt(3), 96);
      effects.put(site, new Effect(spectrum(site, random), Math.pow(10, random.nextInt(3))));
    }
    long dense = effects.keySet().stream().mapToLong(s -> 4 * s.parameters()).sum();
    long change = -(long) (dense * (0.2 + 0.5 * random.nextDouble()));
    Map<Site, Integer> found =
        new Allocation(effects, MULTIPLE, s -> Integer.MAX_VALUE, SIZE).within(change);
    assertThat(bytes(found)).isLessThanOrEqualTo(change);
    double largestStep =
        effects.entrySet().stream()
            .flatMapToDouble(e ->
                choices(e.getKey()).stream()
                    .filter(r -> r > 0)
                    .mapToDouble(
                        r -> e.getValue().distortion(r) - e.getValue().distortion(r + MULTIPLE)))
            .max()
            .orElseThrow();
    assertThat(distortion(found, effects)).isLessThanOrEqualTo(best(effects, change) + largestStep);
  }

  @Test
  void bytesGoWhereTheyMatter() {
    Site idle = site("idle", 96, 96);
    Site busy = site("busy", 96, 96);
    Random random = new Random(3);
    Map<Site, Effect> effects = new LinkedHashMap<>();
    effects.put(idle, new Effect(spectrum(idle, random), 1e-6));
    effects.put(busy, new Effect(spectrum(busy, random), 1));
    Map<Site, Integer> ranks =
        new Allocation(effects, MULTIPLE, s -> Integer.MAX_VALUE, SIZE).within(-4 * 96 * 48);
    assertThat(ranks).containsOnlyKeys(idle);
  }

  @Test
  void limitsKeepASiteDense() {
    Site slow = site("slow", 96, 96);
    Map<Site, Effect> effects = Map.of(slow, new Effect(spectrum(slow, new Random(1)), 1));
    assertThat(new Allocation(effects, MULTIPLE, s -> 0, SIZE).within(-10_000)).isEmpty();
  }

  @Test
  void aSizeOutOfReachGivesTheLeastRanks() {
    Site site = site("s", 96, 96);
    Map<Site, Effect> effects = Map.of(site, new Effect(spectrum(site, new Random(1)), 1));
    assertThat(
            new Allocation(effects, MULTIPLE, s -> Integer.MAX_VALUE, SIZE).within(-1_000_000_000))
        .containsExactly(Map.entry(site, MULTIPLE));
  }

  @Test
  void withoutSitesThereIsNothingToChoose() {
    assertThat(new Allocation(Map.of(), MULTIPLE, s -> 1, SIZE).within(-1)).isEmpty();
  }

  private static double best(Map<Site, Effect> effects, long change) {
    List<Map<Site, Integer>> all = new ArrayList<>(List.of(Map.of()));
    for (Site site : effects.keySet()) {
      List<Map<Site, Integer>> more = new ArrayList<>();
      for (Map<Site, Integer> ranks : all) {
        for (int rank : choices(site)) {
          Map<Site, Integer> with = new LinkedHashMap<>(ranks);
          if (rank > 0) {
            with.put(site, rank);
          }
          more.add(with);
        }
      }
      all = more;
    }
    return all.stream()
        .filter(ranks -> bytes(ranks) <= change)
        .mapToDouble(ranks -> distortion(ranks, effects))
        .min()
        .orElseThrow();
  }

  private static List<Integer> choices(Site site) {
    return IntStream.range(0, site.fullRank() / MULTIPLE)
        .map(i -> i * MULTIPLE)
        .filter(r -> r == 0 || SIZE.change(site, r) < 0)
        .boxed()
        .toList();
  }

  private static long bytes(Map<Site, Integer> ranks) {
    return SIZE.predict(ranks) - SIZE.predict(Map.of());
  }

  private static double distortion(Map<Site, Integer> ranks, Map<Site, Effect> effects) {
    return effects.entrySet().stream()
        .filter(e -> ranks.containsKey(e.getKey()))
        .mapToDouble(e -> e.getValue().distortion(ranks.getOrDefault(e.getKey(), 0)))
        .sum();
  }

  private static Spectrum spectrum(Site site, Random random) {
    double decay = 0.9 + 0.09 * random.nextDouble();
    return new Spectrum(
        IntStream.range(0, site.fullRank()).mapToDouble(i -> Math.pow(decay, i)).toArray());
  }

  private static Site site(String name, int rows, int columns) {
    TensorProto tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(DataType.FLOAT.number())
            .addDims(rows)
            .addDims(columns)
            .build();
    Site.Use use = new Site.Use(new NodeRef(0, 0), Site.Role.MATMUL_RIGHT, false, Optional.empty());
    return new Site(
        name, Site.Kind.LINEAR, new Value(0, name), tensor, List.of(use), Optional.empty());
  }
}
