package io.greenformers.service.audit;

import java.time.Instant;

/**
 * One thing that somebody did, or was kept from.
 *
 * @param caller {@code key:} and a key's id, {@code jwt:} and a subject, {@code cli:} and a user,
 *     {@code local}, or {@code anonymous}
 * @param action method and route, {@code DELETE /v1/compressions/{id}}; or a command
 * @param subject the id that it was done to; empty where there is none
 * @param status the HTTP status of the answer
 * @param address where it came from
 */
public record AuditEvent(
    Instant at,
    String tenant,
    String caller,
    String action,
    String subject,
    int status,
    String address) {}
