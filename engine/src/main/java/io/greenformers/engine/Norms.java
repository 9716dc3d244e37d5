package io.greenformers.engine;

import io.greenformers.core.linalg.InputWeighting;
import io.greenformers.core.linalg.InputWeighting.Rows;
import io.greenformers.core.linalg.Moments;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.rewrite.BiasSlot;
import io.greenformers.core.site.Site;
import io.greenformers.engine.calibration.Observations;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The norm that each site's weight is decomposed in. */
interface Norms {
  /** How the errors of a weight weigh. */
  InputWeighting weighting(Site site);

  /** The use whose inputs the weighting is of. */
  default Site.Use use(Site site) {
    return site.uses().getFirst();
  }

  /** What a bias restores the mean of the outputs by, where there is one in every use. */
  default Optional<Moments> restoredMeans(Site site) {
    return Optional.empty();
  }

  /** Every error alike. */
  static Norms plain() {
    return site -> new InputWeighting.None();
  }

  /** By gradients, of sites that have some. */
  static Norms of(Map<Site, Rows> rows) {
    return site -> Objects.requireNonNull(rows.get(site));
  }

  /** By what was observed of the inputs. */
  static Norms of(Observations observations, GraphIndex index) {
    return new Norms() {
      @Override
      public InputWeighting weighting(Site site) {
        return observations.weighting(site, restoredMeans(site).isPresent());
      }

      @Override
      public Site.Use use(Site site) {
        return observations.use(site);
      }

      @Override
      public Optional<Moments> restoredMeans(Site site) {
        return observations.moments(site).filter(m -> BiasSlot.inEveryUse(index, site));
      }
    };
  }
}
