package io.greenformers.service.role;

import io.greenformers.service.ServiceException;

/** A worker was asked what only an API answers. */
public final class RoleException extends ServiceException {
  RoleException() {
    super("worker-only", "this process only works on stages; ask one with the role api");
  }
}
