package io.greenformers.service.operation;

import io.greenformers.service.operation.QueueView.OfTenant;
import io.greenformers.service.operation.QueueView.Pool;
import io.greenformers.service.operation.QueueView.Working;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/admin}: for operators, how the work of all tenants goes on. */
@RestController
@RequestMapping("/v1/admin")
@Tag(name = "operation")
final class AdminController {
  private final QueueView queue;

  AdminController(QueueView queue) {
    this.queue = queue;
  }

  record Queue(List<Pool> pools, List<OfTenant> tenants) {}

  record Workers(List<Working> working) {}

  @GetMapping("/queue")
  @Operation(
      operationId = "getQueue",
      summary = "Counts what waits and runs, by pool with the longest wait, and by tenant")
  Queue queue() {
    return new Queue(queue.pools(), queue.tenants());
  }

  @GetMapping("/workers")
  @Operation(
      operationId = "getWorkers",
      summary = "Lists the stages that are worked on, by whom, and the last sign of life")
  Workers workers() {
    return new Workers(queue.working());
  }
}
