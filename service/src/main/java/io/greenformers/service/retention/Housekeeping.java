package io.greenformers.service.retention;

import io.greenformers.service.artifact.Reconciler;
import io.greenformers.service.artifact.Reconciler.Findings;
import io.greenformers.service.upload.Uploads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Looks for what is old and for what is out of order, from time to time. */
@Component
@EnableScheduling
class Housekeeping {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  private final Retention retention;
  private final Reconciler reconciler;
  private final Uploads uploads;
  private final RetentionSettings settings;

  Housekeeping(
      Retention retention, Uploads uploads, Reconciler reconciler, RetentionSettings settings) {
    this.retention = retention;
    this.uploads = uploads;
    this.reconciler = reconciler;
    this.settings = settings;
  }

  @Scheduled(
      initialDelayString = "${greenformers.retention.every:1h}",
      fixedDelayString = "${greenformers.retention.every:1h}")
  void tidy() {
    int compressions = settings.ofCompressions().map(retention::deleteCompressions).orElse(0);
    int models = settings.ofUploads().map(retention::deleteModels).orElse(0);
    int datasets = settings.ofUploads().map(retention::deleteDatasets).orElse(0);
    int uploads = this.uploads.deleteExpired();
    Findings findings = reconciler.reconcile();
    LOG.info(
        "deleted {} compressions, {} models, {} datasets, {} objects and {} unfinished uploads",
        compressions,
        models,
        datasets,
        findings.removed(),
        uploads + findings.unfinished());
  }
}
