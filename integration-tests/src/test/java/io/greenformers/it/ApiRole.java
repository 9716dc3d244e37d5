package io.greenformers.it;

/** Who asks. The owner owns what is asked for. */
enum ApiRole {
  OWNER,
  READ_ONLY,
  OTHER_TENANT,
  OPERATOR,
  NO_KEY,
  EXPIRED,
  REVOKED;

  /** Whether the service knows them. */
  boolean isLetIn() {
    return this != NO_KEY && this != EXPIRED && this != REVOKED;
  }

  boolean may(ApiRoute route) {
    return switch (this) {
      case OWNER, OTHER_TENANT -> !route.isForOperators();
      case READ_ONLY -> !route.isForOperators() && !route.changes();
      case OPERATOR -> route.isForOperators();
      case NO_KEY, EXPIRED, REVOKED -> false;
    };
  }
}
