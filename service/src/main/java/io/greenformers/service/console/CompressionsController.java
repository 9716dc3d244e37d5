package io.greenformers.service.console;

import io.greenformers.service.access.Caller;
import io.greenformers.service.compression.Compression;
import io.greenformers.service.compression.CompressionException;
import io.greenformers.service.compression.CompressionSearch;
import io.greenformers.service.compression.CompressionState;
import io.greenformers.service.compression.Compressions;
import io.greenformers.service.console.ComparisonPage.Side;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.View;
import org.springframework.web.util.UriComponentsBuilder;

/** Compressions: history, one as it is now, and two side by side. */
@Controller
@RequestMapping("/console/compressions")
final class CompressionsController {
  private final Compressions compressions;
  private final CompressionRows rows;
  private final Reports reports;
  private final Pages pages;

  CompressionsController(
      Compressions compressions, CompressionRows rows, Reports reports, Pages pages) {
    this.compressions = compressions;
    this.rows = rows;
    this.reports = reports;
    this.pages = pages;
  }

  /**
   * Compressions that a search found.
   *
   * @param text that was looked for
   * @param state that was looked for, empty for all
   */
  record HistoryPage(
      Frame frame, String text, String state, List<CompressionRow> rows, Pager pager) {
    boolean isSearch() {
      return !text.isEmpty() || !state.isEmpty();
    }

    List<CompressionState> states() {
      return List.of(CompressionState.values());
    }
  }

  @GetMapping
  View history(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(defaultValue = "") String q,
      @RequestParam(defaultValue = "") String state,
      @RequestParam(defaultValue = "1") int page) {
    Optional<CompressionState> known =
        Arrays.stream(CompressionState.values()).filter(s -> s.name().equals(state)).findFirst();
    CompressionSearch search = new CompressionSearch(q, known);
    List<Compression> found =
        compressions.search(caller.tenant(), search, Pager.limit(), Pager.offset(page));
    String href =
        UriComponentsBuilder.fromPath("/console/compressions")
            .queryParam("q", "{q}")
            .queryParam("state", known.map(Enum::name).orElse(""))
            .encode()
            .build(search.text())
            .toString();
    return pages.show(
        "history",
        new HistoryPage(
            Frame.of("Compressions", Frame.Tab.COMPRESSIONS, caller),
            search.text(),
            known.map(Enum::name).orElse(""),
            Pager.shown(found).stream().map(rows::of).toList(),
            Pager.of(page, found, href)));
  }

  @GetMapping("/{id}")
  View compression(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    Compression compression = compressions.get(caller.tenant(), id);
    CompressionRow row = rows.of(compression);
    Frame frame =
        Frame.of(
            "%s: %s".formatted(Words.name(row.model()), row.stateWords()),
            Frame.Tab.COMPRESSIONS,
            caller);
    return pages.show(
        "compression", new CompressionPage(frame, compression, row, reports.outcome(compression)));
  }

  @PostMapping("/{id}/cancel")
  View cancel(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    try {
      compressions.cancel(caller.tenant(), id);
    } catch (CompressionException e) {
      // it ended while the page was read: the page that follows says how
      if (e.fault() != CompressionException.Fault.FINAL) {
        throw e;
      }
    }
    return new SeeOther("/console/compressions/" + id);
  }

  /** The same request once more. */
  @PostMapping("/{id}/replay")
  View replay(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    Compression before = compressions.get(caller.tenant(), id);
    Compression again = compressions.create(caller.tenant(), before.request(), Optional.empty());
    return new SeeOther("/console/compressions/" + again.id());
  }

  @GetMapping("/compare")
  View compare(
      @AuthenticationPrincipal Caller caller, @RequestParam(defaultValue = "") List<String> id) {
    Frame frame = Frame.of("Two compressions", Frame.Tab.COMPRESSIONS, caller);
    List<Side> sides =
        id.stream()
            .distinct()
            .limit(2)
            .map(one -> compressions.get(caller.tenant(), one))
            .map(c -> new Side(rows.of(c), reports.of(c)))
            .toList();
    return pages.show("compare", new ComparisonPage(frame, sides, id.size()));
  }
}
