package io.greenformers.engine;

import io.greenformers.core.site.Site;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tables that are not worth their error: calibration sees only the rows that its texts use, of a
 * table of positions those up to its longest text, and the others would be approximated blindly.
 */
final class SmallTables {
  private static final double LEAST_SHARE = 0.01;

  private SmallTables() {}

  static Map<Site, String> objections(Subject subject) {
    Map<Site, String> objections = new LinkedHashMap<>();
    long file = subject.model().fileBytes();
    for (Site site : subject.open()) {
      double share = (double) site.type().bytes(site.parameters()) / file;
      if (site.kind() == Site.Kind.EMBEDDING && share < LEAST_SHARE) {
        objections.put(
            site,
            "is %.1g of the file, too little for errors in rows that the texts do not use"
                .formatted(share));
      }
    }
    return objections;
  }
}
