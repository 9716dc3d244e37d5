package io.greenformers.service.settings;

/** What a process of the service is for. */
public enum Role {
  /** Answers requests. */
  API,
  /** Works on stages. */
  WORKER
}
