package io.greenformers.engine;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.plan.FileSize;
import io.greenformers.core.plan.SiteFilter;
import io.greenformers.core.rewrite.BiasSlot;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import io.greenformers.engine.timing.WeightlessModel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The model that is compressed, and its sites.
 *
 * @param canonical the model as ONNX Runtime may see it; of a large one only the size is right
 * @param outline a model with the same signature and shapes of all values, to ask ONNX Runtime
 *     about: the model itself, unless it is large
 * @param isLarge whether the model is not to be run as a whole
 * @param objections why sites may not be factorized; sites without an entry may
 */
record Subject(
    OnnxModel model,
    GraphIndex index,
    Path canonical,
    Path outline,
    boolean isLarge,
    List<Site> sites,
    Map<Site, String> objections) {

  static Subject of(OnnxModel model, SiteFilter filter, StageFiles files, MemoryBound memory) {
    GraphIndex index = GraphIndex.of(model);
    List<Site> sites = SiteFinder.find(model, index);
    Map<Site, String> objections = new LinkedHashMap<>();
    sites.forEach(site -> filter.objection(site).ifPresent(o -> objections.put(site, o)));
    boolean large = !memory.canRun(model.fileBytes());
    Path canonical = large ? files.outline(model) : files.canonical(model, "canonical");
    Path outline =
        large ? files.canonical(WeightlessModel.of(model, index), "weightless") : canonical;
    return new Subject(model, index, canonical, outline, large, sites, objections);
  }

  /** The sites that may be factorized. */
  List<Site> open() {
    return sites.stream().filter(s -> !objections.containsKey(s)).toList();
  }

  /** This subject with more objections. */
  Subject without(Map<Site, String> more) {
    Map<Site, String> all = new LinkedHashMap<>(objections);
    more.forEach(all::putIfAbsent);
    return new Subject(model, index, canonical, outline, isLarge, sites, all);
  }

  /** This subject with all sites left as they are. */
  Subject withoutSites(String why) {
    Map<Site, String> all = new LinkedHashMap<>();
    open().forEach(site -> all.put(site, why));
    return without(all);
  }

  FileSize size() {
    return new FileSize(
        model.fileBytes(), StageFiles.bytes(canonical), site -> BiasSlot.addedBytes(index, site));
  }
}
